"""The broker and what every task promises: Redis, else files in a folder; a message is a doorbell, never the truth."""

import os
from pathlib import Path
from typing import Any

POLLING_INTERVAL_S = 0.05  # the file transport looks each second by default, three tasks a second
VISIBILITY_TIMEOUT_S = 3600


def celery_settings(var_dir: Path) -> dict[str, Any]:
    """Return the settings with the prefix `CELERY_`.

    Args:
        var_dir: where the file transport and beat keep their files.

    Returns:
        Settings for Redis when `REDIS_URL` is set, else for the file transport.
    """
    redis_url = os.environ.get("REDIS_URL")
    common = {
        "CELERY_TIMEZONE": "UTC",
        "CELERY_TASK_IGNORE_RESULT": True,
        "CELERY_TASK_ACKS_LATE": True,
        "CELERY_TASK_REJECT_ON_WORKER_LOST": True,
        "CELERY_WORKER_PREFETCH_MULTIPLIER": 1,
        "CELERY_WORKER_HIJACK_ROOT_LOGGER": False,
        "CELERY_WORKER_SEND_TASK_EVENTS": False,
        "CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP": True,
        "CELERY_BEAT_SCHEDULE_FILENAME": str(var_dir / "celerybeat-schedule"),
    }
    if redis_url:
        transport: dict[str, Any] = {"visibility_timeout": VISIBILITY_TIMEOUT_S}
        return {
            **common,
            "CELERY_BROKER_URL": redis_url,
            "CELERY_BROKER_TRANSPORT_OPTIONS": transport,
        }
    messages = str(var_dir / "broker" / "messages")
    transport = {
        "data_folder_in": messages,
        "data_folder_out": messages,
        "control_folder": str(var_dir / "broker" / "control"),
        "polling_interval": POLLING_INTERVAL_S,
    }
    return {
        **common,
        "CELERY_BROKER_URL": "filesystem://localhost",
        "CELERY_BROKER_TRANSPORT_OPTIONS": transport,
    }
