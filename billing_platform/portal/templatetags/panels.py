"""Tags of pages that other packages bring: a value of any kind that a panel may show."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from billing_platform.kernel.money import Money
from billing_platform.portal import panel_values
from billing_platform.portal.templatetags.figures import moment, money, quantity

register = template.Library()


@register.simple_tag
def panel_value(value: object, zone: str = "UTC") -> SafeString:
    """Print a value of a panel as the portals print its kind; anything else, floats above all, is a TypeError."""
    match value:
        case None:
            return SafeString("–")
        case str():
            return escape(value)
        case Money():
            return money(value)
        case datetime():
            return moment(value, zone)
        case Decimal() | int():
            return quantity(Decimal(value))
    raise TypeError(f"A panel shows no {type(value).__name__}.")


@register.filter
def is_figure(value: object) -> bool:
    """Return whether a value stands at the right of its column."""
    return panel_values.is_figure(value)
