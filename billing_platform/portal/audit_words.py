"""Words of the audit log: what a changed thing is called, and which of its fields became what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_money
from billing_platform.portal.audit_catalogue import CATALOGUE, catalogue_name
from billing_platform.portal.audit_documents import DOCUMENTS, documents_name
from billing_platform.portal.audit_payments import PAYMENTS, payments_name
from billing_platform.portal.audit_promotions import PROMOTIONS, promotion_name
from billing_platform.portal.audit_registry import NOTHING, OWN, Told
from billing_platform.portal.audit_systems import SYSTEMS, system_name
from billing_platform.portal.audit_taxes import TAXES, tax_name
from billing_platform.portal.words import POSTING_KINDS, SUSPENSION_REASONS
from tenants.registry import REGISTRY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.kernel.money import Money
    from billing_platform.portal.audit_registry import Column, Kind, Known

REGISTERED: Final[dict[str, Kind]] = {
    **OWN,
    **CATALOGUE,
    **SYSTEMS,
    **PAYMENTS,
    **PROMOTIONS,
    **DOCUMENTS,
    **TAXES,
}
KINDS: Final[dict[str, Any]] = {
    **{kind: row.label for kind, row in REGISTERED.items()},
    "posting": gettext_lazy("Posting by hand"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What became of one field; both sides in words, empty where there is nothing."""

    name: str
    before: str
    after: str


def name_of(
    kind: str,
    content: Mapping[str, Any],
    emails: Mapping[int, str],
    known: Known = NOTHING,
) -> str:
    """Return what a changed thing is called.

    Args:
        kind: of KINDS.
        content: its row.
        emails: people's addresses by their numbers.
        known: what rows name by numbers, in words.
    """
    if kind in CATALOGUE:
        return catalogue_name(kind, content, known.versions)
    named = (
        (PAYMENTS, payments_name),
        (PROMOTIONS, promotion_name),
        (DOCUMENTS, documents_name),
    )
    for kinds, say in named:
        if kind in kinds:
            return say(kind, content)
    for kinds, tell in ((SYSTEMS, system_name), (TAXES, tax_name)):
        if kind in kinds:
            return tell(kind, content, known)
    if kind.endswith("_member"):
        return emails.get(content.get("user_id") or 0, "")
    if kind == "suspension":
        return SUSPENSION_REASONS.get(content["reason"], "")
    name = str(content.get("name") or "")
    return _(REGISTRY[name].description) if kind == "setting" and name in REGISTRY else name


def changed_fields(
    kind: str,
    label: str,
    content: Mapping[str, Any],
    former: Mapping[str, Any] | None,
    *,
    zone: str,
    known: Known = NOTHING,
) -> list[FieldChange]:
    """Return the fields that a change made, changed or removed, in words.

    Args:
        kind: of the registry.
        label: insert, update or delete.
        content: the row as it is, or as it was last.
        former: the row before; None where it is not known.
        zone: in which times are told.
        known: what rows name by numbers, in words.
    """
    after = {} if label == "delete" else content
    before = content if label == "delete" else former or {}
    was, now = Told(before, zone, known), Told(after, zone, known)
    found = (
        (column, _told(column, before.get(name), was), _told(column, after.get(name), now))
        for name, column in REGISTERED[kind].columns.items()
        if before.get(name) != after.get(name)
    )
    # Most columns of a new row are empty, and are not named.
    return [FieldChange(str(column.label), old, new) for column, old, new in found if old or new]


def posting_fields(kind: str, money: Money, reason: str) -> list[FieldChange]:
    """Return what was posted by hand, as fields."""
    amount = format_money(money, get_language() or "en")
    return [
        FieldChange(POSTING_KINDS.get(kind, kind), "", amount),
        *([FieldChange(_("Reason"), "", reason)] if reason else []),
    ]


def _told(column: Column, value: Any, told: Told) -> str:
    if value is None or value in ("", [], {}):
        return ""
    return column.say(value, told)
