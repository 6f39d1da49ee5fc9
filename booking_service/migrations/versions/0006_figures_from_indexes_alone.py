"""Sales figures and searches are answered from indexes alone, whatever the number of bookings.

Revision 0006 after 0005.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIGURES = [
    "currency",
    "sold_on",
    "cinema_id",
    "movie_id",
    "sold_hour",
    "state",
    "paid",
    "refunded",
    "ticket_count",
]


def upgrade() -> None:
    op.create_index("ix_bookings_figures", "bookings", FIGURES)
    op.create_index(
        "ix_bookings_showtime_id_state_ticket_count", "bookings", ["showtime_id", "state", "ticket_count"]
    )
    op.create_index("ix_bookings_search", "bookings", ["created_at", "id", "cinema_id", "search_text"])
    op.create_index("ix_bookings_contact_phone", "bookings", ["contact_phone"])
    op.create_index("ix_tickets_seat_id_state_booking_id", "tickets", ["seat_id", "state", "booking_id"])
    op.drop_index("ix_bookings_sold_on_cinema_id", "bookings")
    op.drop_index("ix_bookings_showtime_id_state", "bookings")
    op.drop_index("ix_tickets_seat_id", "tickets")


def downgrade() -> None:
    op.create_index("ix_tickets_seat_id", "tickets", ["seat_id"])
    op.create_index("ix_bookings_showtime_id_state", "bookings", ["showtime_id", "state"])
    op.create_index("ix_bookings_sold_on_cinema_id", "bookings", ["sold_on", "cinema_id"])
    op.drop_index("ix_tickets_seat_id_state_booking_id", "tickets")
    op.drop_index("ix_bookings_contact_phone", "bookings")
    op.drop_index("ix_bookings_search", "bookings")
    op.drop_index("ix_bookings_showtime_id_state_ticket_count", "bookings")
    op.drop_index("ix_bookings_figures", "bookings")
