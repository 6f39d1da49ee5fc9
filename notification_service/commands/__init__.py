"""What notification_service does, one file for each kind of errand.

contacts     keep the copies of contacts and bookings
telling      put an event into words and queue it, once for each person and channel
delivery     send what is queued, again after a failure
inbox        read marks, preferences, devices, resending
"""
