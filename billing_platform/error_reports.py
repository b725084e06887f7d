"""What a report of an error may show: never the variables of code that handles secrets, nor what a form sent as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.views.debug import SafeExceptionReporterFilter

if TYPE_CHECKING:
    from collections.abc import ItemsView
    from types import FrameType

    from django.http import HttpRequest

# Code in whose variables credentials, tokens and signed bodies lie: ours, and that of the gateways' packages.
SECRETIVE: Final = (
    "payments.gateways",
    "payments.services",
    "payments.views",
    "billing_platform.portal.payment_forms",
    "billing_platform.portal.views.gateways",
    "stripe",
    "paypalrestsdk",
    "razorpay",
    "requests",
    "urllib3",
    "http.client",
    "cryptography",
)


class CautiousFilter(SafeExceptionReporterFilter):
    """Hides more than Django's own, and in every mode."""

    def is_active(self, request: HttpRequest | None) -> bool:
        """Hide in development too: its pages are copied into issues and chats."""
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        """Return what a form sent, without the values of fields that are named like secrets."""
        if request is None:
            return {}
        sent = super().get_post_parameters(request)
        return {
            name: self.cleansed_substitute if self.hidden_settings.search(name) else value
            for name, value in sent.items()
        }

    def get_traceback_frame_variables(
        self, request: HttpRequest | None, tb_frame: FrameType
    ) -> ItemsView[str, Any]:
        """Return a frame's variables, their names only where secrets may be among them."""
        module = str(tb_frame.f_globals.get("__name__", ""))
        if any(module == name or module.startswith(f"{name}.") for name in SECRETIVE):
            return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
        return {
            name: self.cleansed_substitute if self.hidden_settings.search(name) else value
            for name, value in super().get_traceback_frame_variables(request, tb_frame)
        }.items()
