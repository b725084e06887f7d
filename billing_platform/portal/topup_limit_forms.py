"""The form of a customer's own limits of a top-up: it checks shape; the service checks rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.forms_money import AmountsForm, amount_field

if TYPE_CHECKING:
    from payments.selectors.topup_limits import Span


class TopupLimitForm(AmountsForm):
    """The smallest and the largest top-up in one currency."""

    amounts = ("least", "most")

    currency = forms.ChoiceField(label=_("Currency"))
    least = amount_field(_("Smallest top-up"), _("Empty for no limit."), required=False)
    most = amount_field(_("Largest top-up"), _("Empty for no limit."), required=False)


def first_limits(own: Span, currency: str) -> dict[str, Any]:
    """Return what stands in a form that was just opened.

    Args:
        own: the limits of the currency.
        currency: which.
    """
    return {
        "currency": currency,
        "least": own.least.to_major() if own.least else None,
        "most": own.most.to_major() if own.most else None,
    }
