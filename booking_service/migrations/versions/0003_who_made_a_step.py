"""Who of the staff made a step of a timeline; seats and own exports are found by an index.

Revision 0003 after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("booking_steps", schema=None) as batch_op:
        batch_op.add_column(sa.Column("actor_id", sa.String(length=36), nullable=True))
    op.create_index("ix_tickets_seat_id", "tickets", ["seat_id"])
    op.create_index("ix_exports_user_id_created_at", "exports", ["user_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_exports_user_id_created_at", "exports")
    op.drop_index("ix_tickets_seat_id", "tickets")
    with op.batch_alter_table("booking_steps", schema=None) as batch_op:
        batch_op.drop_column("actor_id")
