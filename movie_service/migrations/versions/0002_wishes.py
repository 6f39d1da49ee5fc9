"""Wishes to be told of a film's first showings; captions of a trailer.

Revision 0002.
"""

import sqlalchemy as sa
from alembic import op

from chassis.database import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wishes",
        sa.Column("movie_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("wished_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["movie_id"], ["movies.id"], name=op.f("fk_wishes_movie_id_movies")),
        sa.PrimaryKeyConstraint("movie_id", "user_id", name=op.f("pk_wishes")),
    )
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wishes_user_id"), ["user_id"], unique=False)
    op.add_column("movies", sa.Column("trailer_captions_url", sa.String(length=500), nullable=True))


def downgrade() -> None:
    op.drop_column("movies", "trailer_captions_url")
    with op.batch_alter_table("wishes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wishes_user_id"))

    op.drop_table("wishes")
