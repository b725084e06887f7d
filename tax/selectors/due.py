"""Who has numbers that are due to be checked; for the periodic job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tax.models import TaxNumber

if TYPE_CHECKING:
    from datetime import datetime


def providers_with_due_numbers(*, due_at: datetime) -> list[int]:
    """Return the providers with a number that is due; the system's scope is open.

    Args:
        due_at: the moment.
    """
    rows = TaxNumber.objects.filter(next_check_at__lte=due_at).order_by("provider_id")
    return list(rows.values_list("provider_id", flat=True).distinct())
