"""Booking: showtimes, seat claims, bookings, tickets, sales figures.

Owns      Showtime, Booking, Ticket, Export, WaitingRoom, BookingPolicy
Extends   Movie, Cinema, Auditorium (their showtimes), User (their bookings)
Events out  showtime.scheduled, showtime.rescheduled, showtime.cancelled, booking.confirmed, booking.cancelled,
            booking.expired, waiting_list.seats_free, audit.recorded
Events in   payment.settled, payment.refunded, cinema.changed, movie.changed, user.registered, user.updated,
            user.erased
Asks      payment_service (take, refund, settle), coupon_service (reserve, release), cinema_service and
          movie_service (once, when a showtime is scheduled), user_service (a contact not yet known)

Own rooms: lifecycle (table of permitted moves) · live (seat locks and changes in Redis) · tickets (signed
text, PDF, calendar) · limits (holds by one source) · files (signed downloads) · sheets (CSV and XLSX) · seed_sales (made-up
sales of the sample programme) · peers.
"""
