"""The wiring as a Django app: the platform's commands, Django's own tables, and the Celery app in every process."""

from __future__ import annotations

import importlib

from django.apps import AppConfig


class PlatformConfig(AppConfig):
    """Settings, routes, broker and schedule; imported by no part."""

    name = "billing_platform"
    label = "platform"

    def ready(self) -> None:
        """Make our Celery app the one that `shared_task` binds to, also in the web's processes that only send."""
        importlib.import_module("billing_platform.celery")
