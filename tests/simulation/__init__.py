"""A seeded simulation of the shipped code: one process, one thread, every order of events that a seed can draw.

The services' own commands, reactions, relays and timers run here against ports that misbehave on purpose: a
database whose answers get lost, a lock that forgets, a broker that repeats and disorders, a provider that goes
silent, a clock that jumps. After each schedule everything heals, the work runs dry, and the invariants are asked.
"""
