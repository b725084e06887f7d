"""The kernel as a Django app, so that its few tables have migrations."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """Register the kernel's tables under the label `kernel`."""

    name = "billing_platform.kernel"
    label = "kernel"
