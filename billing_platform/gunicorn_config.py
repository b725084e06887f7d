"""How gunicorn serves the web's and the operators' process: `gunicorn -c python:billing_platform.gunicorn_config`."""

import gc
import os
from pathlib import Path

from billing_platform.garbage import collect_seldom
from billing_platform.web_processes import web_processes

wsgi_app = "billing_platform.wsgi:application"
bind = os.environ.get("BIND", "127.0.0.1:8000")
# Pages wait for the database most of the time: measured best with sync workers, two for each core.
worker_class = "sync"
workers = web_processes()
preload_app = True
timeout = 60
graceful_timeout = 20
# A worker is replaced now and then, so that a slow leak never matters; not all of them at once.
# What is loaded before the fork is never looked through.
collect_seldom()
max_requests = 5000
max_requests_jitter = 500
# The workers' heartbeat files belong in memory: a slow disk would let them seem dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = os.environ.get("ACCESS_LOG") or None
errorlog = "-"
control_socket_disable = True


def when_ready(_server: object) -> None:
    """Leave what is loaded out of every later collection, and in the memory that workers share."""
    gc.freeze()
