"""Who asked for a refund, and who decided on it.

Revision 0003 after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("requested_by", sa.String(length=36), nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=36), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_column("decided_by")
        batch_op.drop_column("requested_by")
