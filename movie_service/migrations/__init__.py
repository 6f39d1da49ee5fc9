"""Schema revisions of movie_db."""
