"""Is every seat sold once, every payment matched, everybody told once? `python -m tools.check_invariants`.

Reads what a copy of the system has stored, running or stopped: seven databases, the simulated provider's books,
Redis, the broker, and, if there is one, the journal of a client. It changes nothing. docs/reliability.md tells
what the twenty invariants are; each is one pure function over rows, and a test plants a violation of each.

facts         what was read, as rows
loading       reads it
journal       what a client was told, line by line
seats, money, coupons, telling, histories, clients, figures    the invariants, by subject
check         all of them in order
quiet         whether everything that was begun has come to an end
report        for people, and as JSON
"""
