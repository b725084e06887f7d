"""The kernel as a Django app, so that its few tables have migrations and its mail has a sender."""

from django.apps import AppConfig

from billing_platform.kernel.mail import MAIL_TOPIC, deliver_mail
from billing_platform.kernel.outbox import register_handler


class KernelConfig(AppConfig):
    """Register the kernel's tables under the label `kernel`."""

    name = "billing_platform.kernel"
    label = "kernel"

    def ready(self) -> None:
        """Say who delivers the mails of the outbox."""
        register_handler(MAIL_TOPIC, deliver_mail)
