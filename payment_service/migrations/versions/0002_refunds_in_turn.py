"""When a refund is asked for again, how often it was, and what staff have to see to.

Revision 0002 after 0001.
"""

import sqlalchemy as sa
from alembic import op

from chassis.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tries", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("next_try_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("attention", sa.String(length=24), nullable=True))
        batch_op.create_index("ix_refunds_status_next_try_at", ["status", "next_try_at"])
        batch_op.create_index("ix_refunds_attention", ["attention"])
        batch_op.drop_index("ix_refunds_status_created_at")
    op.create_index("ix_provider_events_received_at", "provider_events", ["received_at"])


def downgrade() -> None:
    op.drop_index("ix_provider_events_received_at", "provider_events")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index("ix_refunds_status_created_at", ["status", "created_at"])
        batch_op.drop_index("ix_refunds_attention")
        batch_op.drop_index("ix_refunds_status_next_try_at")
        batch_op.drop_column("attention")
        batch_op.drop_column("next_try_at")
        batch_op.drop_column("tries")
