"""Runs the whole system on one machine, as `make run` does: `python -m tools.launcher run|reset|status`.

One process imports everything once and forks: a gunicorn application per service, the gateway, and one
process with the workers of all services. It prepares databases and sample data before, restarts what dies,
and stops everything together. Its own state is a folder, LOBBYCARD_HOME, and one number, PORT.

fleet         which parts there are, their ports and environment
home          the folder: lock, secrets, logs
engines       Redis: which one, and how it is started
preparation   migrations and seeds, in parallel children
serving       what a forked child does: gunicorn, or the workers
supervision   start, watch, restart, stop
console       what a person sees
"""
