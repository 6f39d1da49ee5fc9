"""People of Lobbycard: who they are, what they may do, how they prove it.

Owns        people, roles with the cinemas they hold for, sessions, refresh tokens, signing keys, the audit trail
Events out  user.registered, user.updated, user.invited, user.role_changed, user.erased,
            email.verification_requested, email.changed, password.reset_requested, password.changed, audit.recorded
Events in   audit.recorded (from every service)
Asks        every sibling that keeps something about people, for exportMyData
Own rooms   passwords (pepper and bcrypt), totp, keys (of signatures), tokens, cookies, accounts (people by id),
            attempts (failed sign-ins), limits, peers (siblings' personal data), files (public keys, exports),
            first_admin (of a fresh installation), system_status (how all services are, and their dead letters)
"""
