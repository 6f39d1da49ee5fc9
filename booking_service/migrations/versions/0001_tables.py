"""Showtimes, claims, bookings, tickets and what belongs to them.

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
        "auditoriums",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoriums")),
    )
    op.create_table(
        "booking_policies",
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("gap_rule", sa.Boolean(), nullable=True),
        sa.Column("hold_minutes", sa.Integer(), nullable=True),
        sa.Column("maximum_seats", sa.Integer(), nullable=True),
        sa.Column("sales_close_minutes", sa.Integer(), nullable=True),
        sa.Column("turnaround_minutes", sa.Integer(), nullable=True),
        sa.Column("fee", sa.Integer(), nullable=True),
        sa.Column("refund_tiers", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("cinema_id", name=op.f("pk_booking_policies")),
    )
    op.create_table(
        "booking_steps",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False
        ),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_booking_steps")),
    )
    with op.batch_alter_table("booking_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booking_steps_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "cinemas",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cinemas")),
    )
    op.create_table(
        "claims",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("seat_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=True),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("showtime_id", "seat_id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_booking_id"), ["booking_id"], unique=False)

    op.create_table(
        "exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    op.create_table(
        "movies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("genres", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movies")),
    )
    op.create_table(
        "payment_attempts",
        sa.Column("provider_key", sa.String(length=80), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("client_key", sa.String(length=255), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("payment_token", sa.String(length=255), nullable=True),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.Column("payment_id", sa.String(length=36), nullable=True),
        sa.Column("client_secret", sa.String(length=255), nullable=True),
        sa.Column("redirect_url", sa.String(length=1000), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("provider_key", name=op.f("pk_payment_attempts")),
        sa.UniqueConstraint("owner", "client_key", name=op.f("uq_payment_attempts_owner_client_key")),
    )
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payment_attempts_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index("ix_payment_attempts_outcome_at", ["outcome", "at"], unique=False)

    op.create_table(
        "plans",
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("seats", sa.Text(length=16000000), nullable=False),
        sa.Column("seats_total", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_table(
        "refunds_due",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("payment_id", sa.String(length=36), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_refunds_due")),
    )
    with op.batch_alter_table("refunds_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_due_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index("ix_refunds_due_state_next_try_at", ["state", "next_try_at"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
    )
    op.create_table(
        "waiting_list",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", "user_id", name=op.f("pk_waiting_list")),
    )
    op.create_table(
        "waiting_room_places",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_room_places")),
    )
    with op.batch_alter_table("waiting_room_places", schema=None) as batch_op:
        batch_op.create_index(
            "ix_waiting_room_places_showtime_id_rank", ["showtime_id", "rank"], unique=False
        )

    op.create_table(
        "waiting_rooms",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("opens_at", UtcDateTime(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("next_rank", sa.Integer(), nullable=False),
        sa.Column("shuffled_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("showtime_id", name=op.f("pk_waiting_rooms")),
    )
    op.create_table(
        "showtimes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("movie_title", sa.String(length=255), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("cinema_name", sa.String(length=255), nullable=False),
        sa.Column("city", sa.String(length=255), nullable=False),
        sa.Column("auditorium_id", sa.String(length=36), nullable=False),
        sa.Column("auditorium_name", sa.String(length=255), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("plan_id", sa.String(length=80), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("business_day", sa.Date(), nullable=False),
        sa.Column("local_weekday", sa.Integer(), nullable=False),
        sa.Column("local_hour", sa.Integer(), nullable=False),
        sa.Column("sales_open_at", UtcDateTime(), nullable=True),
        sa.Column("sales_close_at", UtcDateTime(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("audio_language", sa.String(length=16), nullable=False),
        sa.Column("subtitle_language", sa.String(length=16), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("seats_total", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.Column("seats_blocked", sa.Integer(), nullable=False),
        sa.Column("seat_map_version", sa.Integer(), nullable=False),
        sa.Column("checked_in", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_showtimes_plan_id_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_showtimes")),
    )
    with op.batch_alter_table("showtimes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_showtimes_auditorium_id_starts_at", ["auditorium_id", "starts_at"], unique=False
        )
        batch_op.create_index("ix_showtimes_business_day", ["business_day"], unique=False)
        batch_op.create_index(
            "ix_showtimes_cinema_id_business_day", ["cinema_id", "business_day"], unique=False
        )
        batch_op.create_index("ix_showtimes_movie_id_starts_at", ["movie_id", "starts_at"], unique=False)
        batch_op.create_index("ix_showtimes_starts_at_id", ["starts_at", "id"], unique=False)

    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("reference", sa.String(length=9), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("extensions_left", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("subtotal", sa.Integer(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("paid", sa.Integer(), nullable=False),
        sa.Column("refunded", sa.Integer(), nullable=False),
        sa.Column("coupon_code", sa.String(length=64), nullable=True),
        sa.Column("payment_id", sa.String(length=36), nullable=True),
        sa.Column("paying_since", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("contact_email", sa.String(length=320), nullable=True),
        sa.Column("contact_phone", sa.String(length=40), nullable=True),
        sa.Column("search_text", sa.String(length=500), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=True),
        sa.Column("sold_hour", sa.Integer(), nullable=True),
        sa.Column("ticket_count", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["showtime_id"], ["showtimes.id"], name=op.f("fk_bookings_showtime_id_showtimes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("reference", name=op.f("uq_bookings_reference")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index("ix_bookings_cinema_id_created_at", ["cinema_id", "created_at"], unique=False)
        batch_op.create_index("ix_bookings_contact_email", ["contact_email"], unique=False)
        batch_op.create_index("ix_bookings_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_bookings_showtime_id_state", ["showtime_id", "state"], unique=False)
        batch_op.create_index("ix_bookings_sold_on_cinema_id", ["sold_on", "cinema_id"], unique=False)
        batch_op.create_index("ix_bookings_state_expires_at", ["state", "expires_at"], unique=False)
        batch_op.create_index("ix_bookings_user_id_starts_at", ["user_id", "starts_at"], unique=False)

    op.create_table(
        "prices",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("ticket_type", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["showtime_id"], ["showtimes.id"], name=op.f("fk_prices_showtime_id_showtimes")
        ),
        sa.PrimaryKeyConstraint("showtime_id", "category", "ticket_type", name=op.f("pk_prices")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("seat_id", sa.String(length=16), nullable=False),
        sa.Column("category", sa.String(length=16), nullable=False),
        sa.Column("ticket_type", sa.String(length=16), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("qr_payload", sa.String(length=500), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_door", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_tickets_booking_id_bookings")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("code", name=op.f("uq_tickets_code")),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tickets_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tickets_showtime_id"), ["showtime_id"], unique=False)


def downgrade() -> None:
    op.drop_table("tickets")
    op.drop_table("prices")
    op.drop_table("bookings")
    op.drop_table("showtimes")
    op.drop_table("waiting_rooms")
    op.drop_table("waiting_room_places")
    op.drop_table("waiting_list")
    op.drop_table("users")
    op.drop_table("refunds_due")
    op.drop_table("plans")
    op.drop_table("payment_attempts")
    op.drop_table("movies")
    op.drop_table("exports")
    op.drop_table("claims")
    op.drop_table("cinemas")
    op.drop_table("booking_steps")
    op.drop_table("booking_policies")
    op.drop_table("auditoriums")
    drop_frame_tables(op)
