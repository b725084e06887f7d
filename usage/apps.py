"""The usage app."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Register catalogue, metering and charging."""

    name = "usage"
