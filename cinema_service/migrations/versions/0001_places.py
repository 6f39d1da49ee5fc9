"""Cinemas, auditoriums, and the copy of planned showtimes.

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
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("latitude", sa.Float(precision=53), nullable=False),
        sa.Column("longitude", sa.Float(precision=53), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("facilities", sa.JSON(), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("city_key", sa.String(length=160), nullable=False),
        sa.Column("search_text", sa.String(length=800), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cinemas")),
    )
    with op.batch_alter_table("cinemas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cinemas_city_key"), ["city_key"], unique=False)
        batch_op.create_index("ix_cinemas_latitude", ["latitude", "longitude"], unique=False)
        batch_op.create_index("ix_cinemas_name_key_id", ["name_key", "id"], unique=False)

    op.create_table(
        "planned_showtimes",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("auditorium_id", sa.String(length=36), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", name=op.f("pk_planned_showtimes")),
    )
    with op.batch_alter_table("planned_showtimes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_planned_showtimes_auditorium_id_ends_at", ["auditorium_id", "ends_at"], unique=False
        )
        batch_op.create_index(
            "ix_planned_showtimes_cinema_id_ends_at", ["cinema_id", "ends_at"], unique=False
        )

    op.create_table(
        "auditoriums",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("cinema_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_key", sa.String(length=120), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("layout_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cinema_id"], ["cinemas.id"], name=op.f("fk_auditoriums_cinema_id_cinemas")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditoriums")),
        sa.UniqueConstraint("cinema_id", "name_key", name=op.f("uq_auditoriums_cinema_id_name_key")),
    )


def downgrade() -> None:
    op.drop_table("auditoriums")
    with op.batch_alter_table("planned_showtimes", schema=None) as batch_op:
        batch_op.drop_index("ix_planned_showtimes_cinema_id_ends_at")
        batch_op.drop_index("ix_planned_showtimes_auditorium_id_ends_at")

    op.drop_table("planned_showtimes")
    with op.batch_alter_table("cinemas", schema=None) as batch_op:
        batch_op.drop_index("ix_cinemas_name_key_id")
        batch_op.drop_index("ix_cinemas_latitude")
        batch_op.drop_index(batch_op.f("ix_cinemas_city_key"))

    op.drop_table("cinemas")
    drop_frame_tables(op)
