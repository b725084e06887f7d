"""Words of the audit log: what kinds of things change, what they are called, and which fields became what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_amount
from billing_platform.portal.words import POSTING_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.kernel.money import Money

KINDS: Final[dict[str, Any]] = {
    "provider": gettext_lazy("Provider"),
    "host": gettext_lazy("Host name"),
    "setting": gettext_lazy("Setting"),
    "api_key": gettext_lazy("API key"),
    "provider_member": gettext_lazy("Role of staff"),
    "tenant": gettext_lazy("Client"),
    "tenant_profile": gettext_lazy("Company data"),
    "tenant_member": gettext_lazy("Role at a client"),
    "suspension": gettext_lazy("Suspension"),
    "posting": gettext_lazy("Posting by hand"),
}
# Numbers of rows and moments that the log has itself say nothing more.
_SILENT: Final = {
    "id",
    "provider_id",
    "tenant_id",
    "user_id",
    "created_at",
    "updated_at",
    "changed_at",
    "public_id",
    "epoch",
    "source",
}
_NAMES: Final = ("name", "host", "reason")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field; both sides in words, empty where there is nothing."""

    name: str
    before: str
    after: str


def name_of(kind: str, content: Mapping[str, Any], emails: Mapping[int, str]) -> str:
    """Return what a changed thing is called.

    Args:
        kind: of KINDS.
        content: its row.
        emails: people's addresses by their numbers.
    """
    if kind.endswith("_member"):
        return emails.get(content.get("user_id") or 0, "")
    return next((str(content[name]) for name in _NAMES if content.get(name)), "")


def changed_fields(
    label: str, content: Mapping[str, Any], former: Mapping[str, Any] | None
) -> list[FieldChange]:
    """Return the fields that a change made, changed or removed.

    Args:
        label: insert, update or delete.
        content: the row as it is, or as it was last.
        former: the row before; None where it is not known.
    """
    names = [name for name in content if name not in _SILENT and not name.startswith("pgh_")]
    if label == "delete":
        found = [FieldChange(name, _text(content[name]), "") for name in names]
    elif former is None:
        found = [FieldChange(name, "", _text(content[name])) for name in names]
    else:
        found = [
            FieldChange(name, _text(former.get(name)), _text(content[name]))
            for name in names
            if former.get(name) != content[name]
        ]
    return [change for change in found if change.before or change.after]


def posting_fields(kind: str, money: Money, reason: str) -> list[FieldChange]:
    """Return what was posted by hand, as fields."""
    amount = f"{format_amount(money, get_language() or 'en')} {money.currency}"
    return [
        FieldChange(POSTING_KINDS.get(kind, kind), "", amount),
        *([FieldChange(_("reason"), "", reason)] if reason else []),
    ]


def _text(value: Any) -> str:
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return str(value)
