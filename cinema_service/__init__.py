"""cinema_service: places. Port 3008, database cinema_db.

Owns         Cinema, Auditorium and the seating plans of auditoriums.
Extends      nothing.
Events out   cinema.changed, auditorium.changed, audit.recorded.
Events in    showtime.scheduled, showtime.rescheduled, showtime.cancelled: a local copy of what is planned, so that
             a place with future showtimes is not taken away.
Peers        none.
Own rooms    seating.py (from rows of letters to seats), geography.py (distances on the globe),
             imports.py (the door for tables of seating plans), codes.py (countries and currencies of ISO 3166 and ISO 4217).
"""
