"""gunicorn in a container: one process with threads; more containers, not more processes, carry more load."""

import os
from pathlib import Path

bind = f"0.0.0.0:{os.environ.get('SERVICE_PORT') or os.environ.get('GATEWAY_PORT') or '5000'}"  # the container's own network
workers = int(os.environ.get("WEB_WORKERS", "1"))
worker_class = "chassis.gunicorn_worker.StayingWorker"
threads = int(os.environ.get("WEB_THREADS", "32"))
worker_connections = 2000
backlog = 512
# Longer than the pools of gateway and peers keep a connection, so that they close it first.
keepalive = 75
timeout = 60
graceful_timeout = 20
proc_name = os.environ.get("PROCESS_NAME", "lobbycard")
loglevel = "warning"
# One default path per user: servers on one machine would fight over it.
control_socket_disable = True
# Heartbeats belong in memory: on a busy disk a healthy worker would look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # made and unlinked by gunicorn
