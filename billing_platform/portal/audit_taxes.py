"""What the audit log tells of rates, categories, registrations and exemptions. Called by the words of the log."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.formats import format_day, format_quantity
from billing_platform.portal.audit_registry import (
    Column,
    Kind,
    Known,
    Told,
    country,
    one_of,
    text,
    yes_or_no,
)
from billing_platform.portal.words import Vocabulary
from tax.enums import ExemptionState, RegistrationKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = Vocabulary({each.value: each.label for each in RegistrationKind})
_STATES: Final = Vocabulary({each.value: each.label for each in ExemptionState})
_OWN: Final = frozenset({"id", "provider_id", "public_id", "created_at"})


def _days(value: Any, _told: Told) -> str:
    """Tell PostgreSQL's half-open range of days."""
    first, _comma, end = str(value).strip("[)").partition(",")
    locale = get_language() or "en"
    begins = format_day(date.fromisoformat(first), locale) if first else ""
    if not end:
        return gettext("from %(day)s") % {"day": begins}
    ends = format_day(date.fromisoformat(end), locale)
    return gettext("from %(day)s until before %(end)s") % {"day": begins, "end": ends}


def _percent(value: Any, _told: Told) -> str:
    return f"{format_quantity(Decimal(str(value)), get_language() or 'en')} %"


def _place(value: Any, told: Told) -> str:
    return told.known.tax_places.get(int(value), "")


_COUNTRY: Final = Column(_("Country"), country)
_REGION: Final = Column(_("Region"), text)
_VALID: Final = Column(_("Valid"), _days)

TAXES: Final[dict[str, Kind]] = {
    "tax_rate": Kind(
        _("Tax rate"),
        {
            "place_id": Column(_("Place"), _place),
            "name": Column(_("Name"), text),
            "percent": Column(_("Rate"), _percent),
            "valid": _VALID,
            "source": Column(_("Source"), text),
        },
        _OWN,
    ),
    "tax_category": Kind(
        _("Tax category"),
        {
            "code": Column(_("Code"), text),
            "name": Column(_("Name"), text),
            "is_exempt": Column(_("Exempt"), yes_or_no),
            "provision": Column(_("Provision that exempts it"), text),
        },
        frozenset({"id", "provider_id", "created_at"}),
    ),
    "tax_registration": Kind(
        _("Tax registration"),
        {
            "kind": Column(_("Kind"), one_of(_KINDS)),
            "country": _COUNTRY,
            "region": _REGION,
            "number": Column(_("Tax number"), text),
            "lut": Column(_("Letter of undertaking"), text),
            "is_home": Column(_("Established here"), yes_or_no),
            "valid": _VALID,
        },
        _OWN,
    ),
    "tax_exemption": Kind(
        _("Tax exemption"),
        {
            "country": _COUNTRY,
            "region": _REGION,
            "certificate": Column(_("Certificate"), text),
            "file_name": Column(_("File"), text),
            "valid": _VALID,
            "state": Column(_("State"), one_of(_STATES)),
            "note": Column(_("Note"), text),
        },
        _OWN | {"tenant_id", "decided_at", "decided_by"},
    ),
}


def tax_name(kind: str, content: Mapping[str, Any], known: Known) -> str:
    """Return what a changed row is called.

    Args:
        kind: of TAXES.
        content: its row.
        known: what rows name by numbers, in words.
    """
    if kind == "tax_rate":
        return known.tax_places.get(content["place_id"], "")
    if kind == "tax_category":
        return str(content["code"])
    place = "-".join(part for part in (content["country"], content["region"]) if part)
    what = content["number"] if kind == "tax_registration" else content["certificate"]
    return f"{place} {what}"
