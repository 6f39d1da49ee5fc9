"""Sells under load while everything that can die dies, then checks the books: `python -m tools.chaos`.

It starts a copy of its own (embedded, or with --real on private MariaDB, Redis and RabbitMQ), lets guests buy,
cancel and change through the public door, injects faults from a seeded schedule, waits for quiet and evaluates
the twenty invariants. docs/reliability.md tells how to read its report.

points        the named places at which a process can be made to die, and who comes by them
schedule      which fault when, from a seed
house         the copy: start, stop, its parts and engines
nemesis       does what the schedule says
crowd         guests, the door they ask at, and what they note in their journal
run           all of it together
report        what came of it
"""
