"""payment_service: money moved. Port 3011, database payment_db.

Owns         Payment and Refund, receipts, the providers that move money, their signed webhooks.
Extends      nothing; names Booking and User by their ids.
Events out   payment.settled, payment.refunded, audit.recorded.
Events in    cinema.changed: time zone and currency, so that a day's close is the cinema's own day;
             user.erased: payments stay on the books, without the person.
Peers        none. booking_service asks here: takePayment, settlePayment, refundForBooking.
Own rooms    providers/ (protocol, simulated, stripe), callbacks.py (signed webhooks), payer_pages.py (where a payer
             confirms), receipts.py (PDF behind a signed link), lifecycle.py (table of permitted moves),
             daily_close.py (our books against the provider's).
"""
