"""Coupons, their uses and counters, and the bookings that count for loyalty.

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
        "counted_bookings",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("booking_id", name="pk_counted_bookings"),
    )
    op.create_index("ix_counted_bookings_user_id", "counted_bookings", ["user_id"])
    op.create_table(
        "coupons",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("amount_off_value", sa.Integer(), nullable=True),
        sa.Column("minimum_subtotal_value", sa.Integer(), nullable=True),
        sa.Column("maximum_discount_value", sa.Integer(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("usage_limit_per_user", sa.Integer(), nullable=True),
        sa.Column("times_used", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("milestone", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.String(length=1200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_coupons"),
        sa.UniqueConstraint("code", name="uq_coupons_code"),
        sa.UniqueConstraint("user_id", "milestone", name="uq_coupons_user_id_milestone"),
    )
    op.create_index("ix_coupons_created_at_id", "coupons", ["created_at", "id"])
    op.create_table(
        "members",
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("paid_bookings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_members"),
    )
    op.create_table(
        "coupon_cinemas",
        sa.Column("coupon_id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name="fk_coupon_cinemas_coupon_id_coupons"),
        sa.PrimaryKeyConstraint("coupon_id", "cinema_id", name="pk_coupon_cinemas"),
    )
    op.create_table(
        "coupon_movies",
        sa.Column("coupon_id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name="fk_coupon_movies_coupon_id_coupons"),
        sa.PrimaryKeyConstraint("coupon_id", "movie_id", name="pk_coupon_movies"),
    )
    op.create_table(
        "coupon_user_counts",
        sa.Column("coupon_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["coupon_id"], ["coupons.id"], name="fk_coupon_user_counts_coupon_id_coupons"
        ),
        sa.PrimaryKeyConstraint("coupon_id", "user_id", name="pk_coupon_user_counts"),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("coupon_id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=True),
        sa.Column("live_booking_id", sa.String(length=36), nullable=True),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("discount_value", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.Column("redeemed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name="fk_coupon_uses_coupon_id_coupons"),
        sa.PrimaryKeyConstraint("id", name="pk_coupon_uses"),
        sa.UniqueConstraint("coupon_id", "booking_id", name="uq_coupon_uses_coupon_id_booking_id"),
        sa.UniqueConstraint("live_booking_id", name="uq_coupon_uses_live_booking_id"),
    )
    op.create_index("ix_coupon_uses_booking_id", "coupon_uses", ["booking_id"])
    op.create_index(
        "ix_coupon_uses_coupon_id_state_redeemed_at_id",
        "coupon_uses",
        ["coupon_id", "state", "redeemed_at", "id"],
    )
    op.create_index("ix_coupon_uses_user_id", "coupon_uses", ["user_id"])


def downgrade() -> None:
    op.drop_table("coupon_uses")
    op.drop_table("coupon_user_counts")
    op.drop_table("coupon_movies")
    op.drop_table("coupon_cinemas")
    op.drop_table("members")
    op.drop_table("coupons")
    op.drop_table("counted_bookings")
    drop_frame_tables(op)
