"""Films, genres, reviews, and copies of what other services told.

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
        "movies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("original_title", sa.String(length=200), nullable=True),
        sa.Column("synopsis", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("genres", sa.JSON(), nullable=False),
        sa.Column("directors", sa.JSON(), nullable=False),
        sa.Column("cast_members", sa.JSON(), nullable=False),
        sa.Column("release_date", sa.Date(), nullable=False),
        sa.Column("original_language", sa.String(length=40), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("age_rating", sa.String(length=12), nullable=False),
        sa.Column("trailer_url", sa.String(length=500), nullable=True),
        sa.Column("poster_file", sa.String(length=80), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("rating_tenths", sa.Integer(), nullable=False),
        sa.Column("tickets_sold", sa.Integer(), nullable=False),
        sa.Column("title_key", sa.String(length=200), nullable=False),
        sa.Column("language_key", sa.String(length=40), nullable=False),
        sa.Column("search_text", sa.Text(length=4000000), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movies")),
    )
    with op.batch_alter_table("movies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_movies_language_key"), ["language_key"], unique=False)
        batch_op.create_index(
            "ix_movies_rating_tenths", ["rating_tenths", "rating_count", "id"], unique=False
        )
        batch_op.create_index("ix_movies_release_date", ["release_date", "id"], unique=False)
        batch_op.create_index("ix_movies_status", ["status", "tickets_sold", "id"], unique=False)
        batch_op.create_index("ix_movies_tickets_sold", ["tickets_sold", "id"], unique=False)
        batch_op.create_index("ix_movies_title_key", ["title_key", "id"], unique=False)

    op.create_table(
        "planned_showtimes",
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("showtime_id", name=op.f("pk_planned_showtimes")),
    )
    with op.batch_alter_table("planned_showtimes", schema=None) as batch_op:
        batch_op.create_index("ix_planned_showtimes_movie_id_ends_at", ["movie_id", "ends_at"], unique=False)

    op.create_table(
        "poster_uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster_uploads")),
    )
    with op.batch_alter_table("poster_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poster_uploads_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "visits",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("showtime_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("seat_count", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_visits")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_user_id_movie_id", ["user_id", "movie_id"], unique=False)

    op.create_table(
        "movie_genres",
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("genre_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_movie_genres_movie_id_movies")),
        sa.PrimaryKeyConstraint("movie_id", "genre_key", name=op.f("pk_movie_genres")),
    )
    with op.batch_alter_table("movie_genres", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_movie_genres_genre_key"), ["genre_key"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("author_id", sa.String(length=36), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_reviews_movie_id_movies")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("movie_id", "author_id", name=op.f("uq_reviews_movie_id_author_id")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_author_id"), ["author_id"], unique=False)
        batch_op.create_index(
            "ix_reviews_movie_id_created_at", ["movie_id", "created_at", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_reviews_movie_id_created_at")
        batch_op.drop_index(batch_op.f("ix_reviews_author_id"))

    op.drop_table("reviews")
    with op.batch_alter_table("movie_genres", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_movie_genres_genre_key"))

    op.drop_table("movie_genres")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_user_id_movie_id")

    op.drop_table("visits")
    with op.batch_alter_table("poster_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poster_uploads_expires_at"))

    op.drop_table("poster_uploads")
    with op.batch_alter_table("planned_showtimes", schema=None) as batch_op:
        batch_op.drop_index("ix_planned_showtimes_movie_id_ends_at")

    op.drop_table("planned_showtimes")
    with op.batch_alter_table("movies", schema=None) as batch_op:
        batch_op.drop_index("ix_movies_title_key")
        batch_op.drop_index("ix_movies_tickets_sold")
        batch_op.drop_index("ix_movies_status")
        batch_op.drop_index("ix_movies_release_date")
        batch_op.drop_index("ix_movies_rating_tenths")
        batch_op.drop_index(batch_op.f("ix_movies_language_key"))

    op.drop_table("movies")
    drop_frame_tables(op)
