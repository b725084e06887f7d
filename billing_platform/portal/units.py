"""How a price names what it is for: `0.05 EUR per hour`. Called by every page that shows prices."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_quantity

if TYPE_CHECKING:
    from collections.abc import Sequence

_ONE: Final = Decimal(1)
# The end of a plural and what stands there in the singular; the first that fits holds. What ends in a small s without
# being a plural (status, bus, analysis, kbps) stays. Of capitals alone (IOPS) nothing is known.
_ENDS: Final[Sequence[tuple[str, str]]] = (
    (r"(?:ss|us|is|[bfrt]ps)$", r"\g<0>"),
    (r"(?<=[a-z]{2})ies$", "y"),
    (r"(?<=ss|sh|ch)es$|(?<=x)es$", ""),
    (r"(?<=\w\w)s$", ""),
)


def unit_price(price: str, unit: str, *, one: str = "", many: Decimal | None = None) -> str:
    """Return a price with the unit that it is for, for instance `0.05 EUR per hour` or `2 EUR per 1,000 requests`.

    Args:
        price: the amount with its currency, as the page writes it.
        unit: what several units are called, in the provider's words; empty for none.
        one: what one unit is called; empty where that follows from `unit`.
        many: how many units the price is for; None for one.
    """
    if not unit:
        return price
    if many is not None and many != _ONE:
        count = format_quantity(many, get_language() or "en")
        said = {"price": price, "count": count, "units": unit}
        return _("%(price)s per %(count)s %(units)s") % said
    return _("%(price)s per %(unit)s") % {"price": price, "unit": one or singular(unit)}


def singular(unit: str) -> str:
    """Return what one of several units is called, by the rules of English; `GB-months` becomes `GB-month`.

    Args:
        unit: what several are called; a word that is no plural by these rules is returned as it is.
    """
    for end, one in _ENDS:
        if re.search(end, unit):
            return re.sub(end, one, unit)
    return unit
