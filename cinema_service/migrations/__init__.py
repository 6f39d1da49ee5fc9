"""Schema revisions of cinema_db."""
