"""How many web processes there are. Read by gunicorn, which starts them, and by the settings, which share them out."""

import os


def web_processes() -> int:
    """Return how many processes answer requests: `WEB_CONCURRENCY`, else two for each core."""
    return int(os.environ.get("WEB_CONCURRENCY") or 2 * (os.cpu_count() or 1))
