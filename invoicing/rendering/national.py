"""The tax of a document in the currency of the state to which it is owed, as a sentence with the rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_day, format_money, format_quantity
from billing_platform.kernel.money import Money
from invoicing.rendering.scripts import clean

if TYPE_CHECKING:
    from collections.abc import Mapping


def national_notices(content: Mapping[str, Any], locale: str) -> list[str]:
    """Return a sentence for each currency in which the tax has to be named, in the active language.

    Args:
        content: of the document, as frozen.
        locale: how figures and days are written.

    Source: Directive 2006/112/EC, Art. 230; the rate and its day, Art. 91(2).
    """
    words = _("Tax amount in %(currency)s: %(tax)s. Rate of exchange: %(rates)s.")
    return [
        words
        % {
            "currency": told["currency"],
            "tax": format_money(Money(told["tax_minor"], told["currency"]), locale),
            "rates": "; ".join(_rate(step, locale) for step in told["steps"]),
        }
        for told in content.get("national_tax") or ()
    ]


def _rate(step: Mapping[str, str], locale: str) -> str:
    rate = format_quantity(Decimal(step["rate"]), locale)
    day = format_day(date.fromisoformat(step["on"]), locale)
    return f"1 {step['base']} = {rate} {step['quote']} ({clean(step['source'])}, {day})"
