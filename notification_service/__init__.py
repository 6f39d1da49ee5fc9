"""What people are told: messages, the channels they travel on, their words in each language, preferences.

Owns        notifications with their deliveries, preferences, push devices, the dev mailbox; copies of contacts
            and of what is needed to speak of a booking
Events out  audit.recorded
Events in   user.registered, user.updated, user.erased, email.verification_requested, password.reset_requested,
            user.invited, email.changed, password.changed, booking.confirmed, booking.cancelled, booking.expired,
            payment.refunded, showtime.rescheduled, showtime.cancelled, waiting_list.seats_free, movie.showings_announced,
            coupon.granted
Asks        user_service for a contact that no event has told yet
Own rooms   channels (mail, SMS, push, in-app, mailbox), templates (words and layout), letters (an event put into
            words), delivery (sends what is queued), mailbox (the dev mailbox's pages), peers
"""
