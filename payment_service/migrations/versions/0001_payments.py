"""Payments, refunds, keys, webhooks seen, and the simulated provider's books.

Revision 0001.
"""

import sqlalchemy as sa
from alembic import op

from chassis.database import UtcDateTime
from chassis.tables import create_frame_tables, drop_frame_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_frame_tables(op)
    op.create_table(
        "cinemas",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cinemas"),
    )
    op.create_table(
        "payment_keys",
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("idempotency_key", name="pk_payment_keys"),
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("provider_reference", sa.String(length=128), nullable=True),
        sa.Column("payment_token", sa.String(length=255), nullable=True),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.Column("amount_value", sa.Integer(), nullable=False),
        sa.Column("promised_back", sa.Integer(), nullable=False),
        sa.Column("refunded_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("idempotency_key", name="uq_payments_idempotency_key"),
    )
    op.create_index("ix_payments_booking_id", "payments", ["booking_id"])
    op.create_index("ix_payments_cinema_id_created_at_id", "payments", ["cinema_id", "created_at", "id"])
    op.create_index("ix_payments_cinema_id_settled_at", "payments", ["cinema_id", "settled_at"])
    op.create_index("ix_payments_created_at_id", "payments", ["created_at", "id"])
    op.create_index("ix_payments_provider_reference", "payments", ["provider_reference"])
    op.create_index("ix_payments_status_created_at", "payments", ["status", "created_at"])
    op.create_index("ix_payments_user_id_created_at_id", "payments", ["user_id", "created_at", "id"])
    op.create_table(
        "provider_events",
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider", "event_id", name="pk_provider_events"),
    )
    op.create_table(
        "simulated_charges",
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.Column("amount_value", sa.Integer(), nullable=False),
        sa.Column("refunded_amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("client_secret", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settles_at", UtcDateTime(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("reference", name="pk_simulated_charges"),
        sa.UniqueConstraint("idempotency_key", name="uq_simulated_charges_idempotency_key"),
    )
    op.create_index(
        "ix_simulated_charges_cinema_id_settled_at", "simulated_charges", ["cinema_id", "settled_at"]
    )
    op.create_table(
        "simulated_deliveries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_simulated_deliveries"),
    )
    op.create_index(
        "ix_simulated_deliveries_delivered_at_due_at", "simulated_deliveries", ["delivered_at", "due_at"]
    )
    op.create_table(
        "refunds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("amount_value", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=255), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("provider_reference", sa.String(length=128), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_refunds_payment_id_payments"),
        sa.PrimaryKeyConstraint("id", name="pk_refunds"),
        sa.UniqueConstraint("idempotency_key", name="uq_refunds_idempotency_key"),
    )
    op.create_index("ix_refunds_payment_id_settled_at", "refunds", ["payment_id", "settled_at"])
    op.create_index("ix_refunds_provider_reference", "refunds", ["provider_reference"])
    op.create_index("ix_refunds_status_created_at", "refunds", ["status", "created_at"])
    op.create_table(
        "simulated_refunds",
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("charge_reference", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("amount_value", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_reference"],
            ["simulated_charges.reference"],
            name="fk_simulated_refunds_charge_reference_simulated_charges",
        ),
        sa.PrimaryKeyConstraint("reference", name="pk_simulated_refunds"),
        sa.UniqueConstraint("idempotency_key", name="uq_simulated_refunds_idempotency_key"),
    )
    op.create_index("ix_simulated_refunds_charge_reference", "simulated_refunds", ["charge_reference"])
    op.create_index("ix_simulated_refunds_created_at", "simulated_refunds", ["created_at"])


def downgrade() -> None:
    op.drop_table("simulated_refunds")
    op.drop_table("refunds")
    op.drop_table("simulated_deliveries")
    op.drop_table("simulated_charges")
    op.drop_table("provider_events")
    op.drop_table("payments")
    op.drop_table("payment_keys")
    op.drop_table("cinemas")
    drop_frame_tables(op)
