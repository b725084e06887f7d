"""What the choices of settings are called on pages, in the settings and in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

GROUPS: Final[Mapping[str, _StrPromise]] = {
    "approval": _("Approval by a second person"),
    "charging": _("Charging"),
    "documents": _("Documents"),
    "ingestion": _("Intake of usage"),
    "payments": _("Payments"),
    "promotions": _("Promotions"),
    "refunds": _("Refunds"),
    "suspension": _("Suspension"),
    "tax": _("Tax"),
    "topup": _("Top-up"),
    "warnings": _("Warnings"),
}
# By setting: one word may mean two things, and a line of a document is no telephone line.
CHOICES: Final[Mapping[str, Mapping[str, _StrPromise]]] = {
    "refunds.destination": {
        "original": _("The original payment method"),
        "balance": _("The client's balance"),
    },
    "suspension.outbound": {"allow": _("Allowed"), "block": _("Blocked")},
    "suspension.inbound": {
        "allow": _("Allowed"),
        "reject": _("Rejected"),
        "announce": _("Answered by an announcement"),
    },
    "suspension.resources": {"run": _("They go on"), "stop": _("They are stopped")},
    "charging.frequency": {
        "hourly": _("Every hour"),
        "daily": _("Every day"),
        "monthly": _("Every month"),
    },
    "documents.number_reset": {"yearly": _("With each year"), "never": _("Never")},
    "tax.point": {
        "consumption": _("When the money is used"),
        "top_up": _("When the money comes in"),
    },
    "tax.rounding": {
        "document": _("Once per rate on a document"),
        "line": _("On every line"),
    },
}


def choice_words(name: str, choice: str) -> str:
    """Return what a choice is called in the active language.

    Args:
        name: of the setting.
        choice: one of its own; of a setting that another package brings its own word.
    """
    words = CHOICES.get(name, {}).get(choice)
    return str(words) if words else choice.replace("_", " ").capitalize()
