"""Django's entry for the benchmarks: it has no models, only the command `bench`."""

from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    """The application that carries `manage.py bench`."""

    name = "billing_platform.benchmarks"
    label = "benchmarks"
