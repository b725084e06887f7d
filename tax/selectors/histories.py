"""Which changes of tax are kept, for the audit log, and what the places of rates are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tax.models import RatePlace
from tenants.selectors.changes import History

if TYPE_CHECKING:
    from collections.abc import Iterable

TAX_HISTORIES: Final = (
    History("tax_rate", "tax_rate_event"),
    History("tax_category", "tax_category_event"),
    History("tax_registration", "tax_registration_event"),
    History("tax_exemption", "tax_exemption_event", tenant="e.tenant_id"),
)


def place_names(provider_id: int, place_ids: Iterable[int]) -> dict[int, str]:
    """Return what the places of rates are called by their ids, by one query.

    Args:
        provider_id: whose; its scope is open.
        place_ids: which.
    """
    wanted = set(place_ids)
    if not wanted:
        return {}
    rows = RatePlace.objects.filter(provider_id=provider_id, pk__in=wanted)
    return {
        row.pk: ", ".join(
            part
            for part in (
                "-".join(part for part in (row.country, row.region) if part),
                f"{row.postcode_prefix}*" if row.postcode_prefix else "",
                row.category,
            )
            if part
        )
        for row in rows
    }
