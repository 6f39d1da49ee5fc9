"""Keep the start a booking was made for, so that a guest of a moved showtime can give back in full.

Revision 0005 after 0004.
"""

import sqlalchemy as sa
from alembic import op

from chassis.database import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("promised_starts_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_column("promised_starts_at")
