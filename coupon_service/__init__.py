"""coupon_service: promotions. Port 3009, database coupon_db.

Owns         Coupon, the rules of discounts, and who used what.
Extends      nothing; names Movie, Cinema, User and Booking by their ids.
Events out   coupon.granted, audit.recorded.
Events in    booking.confirmed: a reserved use is spent, and the booking counts towards the next loyalty coupon;
             booking.expired, booking.cancelled: the use is free again; user.erased: uses stay, without the person.
Peers        none. booking_service asks here: reserveCoupon, releaseCoupon, redeemCoupon.
Own rooms    codes.py (what a code looks like, and new ones nobody can guess), lifecycle.py (table of moves of a use),
             quoting.py (what a code would take off, without reserving it).
"""
