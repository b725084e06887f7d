"""The Celery app only: `celery -A billing_platform.celery worker` and `beat`; tasks stand in each part's `tasks.py`."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from billing_platform.celery_schedule import SCHEDULE
from billing_platform.file_broker import use_whole_files
from billing_platform.garbage import collect_seldom

if (
    not settings.configured
):  # started by the `celery` command; a web process comes here with its own settings
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_platform.settings.dev")
    os.environ.setdefault("DATABASE_ROLE", "worker")
    collect_seldom()


def make_app() -> Celery:
    """Return the app, with the folders of the file transport made."""
    use_whole_files()
    celery = Celery("billing_platform")
    celery.config_from_object("django.conf:settings", namespace="CELERY")
    celery.conf.beat_schedule = SCHEDULE
    celery.autodiscover_tasks()
    for name in ("data_folder_in", "control_folder"):
        folder = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get(name)
        if folder:
            Path(str(folder)).mkdir(parents=True, exist_ok=True)
    return celery


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Leave the logs to Django's settings: a connected receiver stops Celery from setting up its own."""


app = make_app()
