"""Which components of a cost chart have a column of their own. Called by the charts of hours and of days."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usage.selectors.hour_costs import HourCost

SERIES_MAX: Final = 8


def cost_series(
    found: Sequence[HourCost], apart: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Return the column of each component by its code: the dearest have their own, by name; the others share the last.

    Args:
        found: what the components cost, in one currency.
        apart: names of codes that always have a column of their own, behind all others.
    """
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    labels = {row.code: row.label for row in found}
    for row in found:
        sums[row.code] += row.amount_minor
    apart = {code: label for code, label in (apart or {}).items() if code in sums}
    ranked = sorted(sums.keys() - apart.keys(), key=lambda code: (-sums[code], code))
    kept = sorted(ranked[:SERIES_MAX], key=lambda code: (labels[code], code))
    others = dict.fromkeys(ranked[SERIES_MAX:], _("Other"))
    return {code: labels[code] for code in kept} | others | apart
