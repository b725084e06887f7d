"""What the audit log tells of campaigns and codes. Called by the words of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from billing_platform.portal.audit_registry import (
    Column,
    Kind,
    amount,
    moment,
    one_of,
    several_of,
    text,
    yes_or_no,
)
from billing_platform.portal.words import CATEGORIES, Vocabulary
from promotions.enums import Benefit

if TYPE_CHECKING:
    from collections.abc import Mapping

_BENEFITS: Final = Vocabulary({each.value: each.label for each in Benefit})
_OWN: Final = frozenset({"id", "provider_id"})

PROMOTIONS: Final[dict[str, Kind]] = {
    "campaign": Kind(
        _("Campaign"),
        {
            "name": Column(_("Name"), text),
            "benefit": Column(_("What it gives"), one_of(_BENEFITS)),
            "starts_at": Column(_("It begins"), moment),
            "ends_at": Column(_("It ends"), moment),
            "categories": Column(_("For whom"), several_of(CATEGORIES)),
            "first_only": Column(_("Only for a client's first top-up"), yes_or_no),
            "total_limit": Column(_("Uses in all"), text),
            "tenant_limit": Column(_("Uses by one client"), text),
            "grant_days": Column(_("Days until the bonus expires"), text),
            "ended_at": Column(_("Ended by hand"), moment),
        },
        _OWN | {"public_id", "created_by", "created_at"},
    ),
    "campaign_terms": Kind(
        _("Terms of a campaign"),
        {
            "currency": Column(_("Currency"), text),
            "minimum_minor": Column(_("Minimum top-up"), amount),
            "fixed_minor": Column(_("Amount"), amount),
            "percent": Column(_("Percent of the top-up"), text),
            "cap_minor": Column(_("At most"), amount),
        },
        _OWN | {"campaign_id", "benefit"},
    ),
    "promo_code": Kind(
        _("Promo code"),
        {
            "shown": Column(_("Code"), text),
            "uses_limit": Column(_("Uses in all"), text),
            "ended_at": Column(_("Withdrawn"), moment),
        },
        _OWN | {"campaign_id", "created_at"},
    ),
}


def promotion_name(kind: str, content: Mapping[str, Any]) -> str:
    """Return what a changed thing is called.

    Args:
        kind: of PROMOTIONS.
        content: its row.
    """
    columns = {"campaign": "name", "campaign_terms": "currency", "promo_code": "shown"}
    return str(content[columns[kind]])
