"""movie_service: the catalogue. Port 3010, database movie_db.

Owns         Movie, its people, its poster, viewers' ratings (Review).
Extends      nothing; refers to User (author of a review).
Events out   movie.changed, movie.deleted, movie.showings_announced (each who wished for the film), audit.recorded.
Events in    showtime.scheduled, showtime.rescheduled, showtime.cancelled: a local copy of what is planned, so that a
             film with future showtimes is not deleted, and who wished for one hears of it; booking.confirmed,
             booking.cancelled: who saw what (may rate) and what sells (popularity); user.erased: reviews lose their
             author, the rest of the person goes.
Peers        none.
Own rooms    poster_art.py (draws a poster from a title), poster_files.py (checks and re-encodes uploaded ones),
             poster_store.py (keeps them: folder or S3 bucket),
             posters.py (their door: upload and pictures over HTTP),
             imports.py (the door for tables of films), languages.py (a code and a name mean the same).
"""
