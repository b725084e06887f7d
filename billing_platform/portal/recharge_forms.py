"""The form of auto-recharge: it checks shape; the service checks rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.forms_money import AmountsForm, amount_field
from payments.enums import RechargeMode
from payments.recharge_types import RechargeTerms

if TYPE_CHECKING:
    from payments.selectors.recharges import RuleView


class RechargeForm(AmountsForm):
    """When a balance is topped up by itself, and by how much."""

    amounts = ("threshold", "amount", "daily_cap", "monthly_cap")

    currency = forms.ChoiceField(label=_("Balance in"))
    threshold = amount_field(
        _("When the available balance falls below"), _("What is reserved does not count.")
    )
    mode = forms.ChoiceField(label=_("Top up"), choices=RechargeMode, widget=forms.RadioSelect)
    amount = amount_field(
        _("Amount"), _("What is added each time, or the balance that it is filled up to.")
    )
    daily_cap = amount_field(_("At most per day"), _("Empty for no limit."), required=False)
    monthly_cap = amount_field(_("At most per month"), _("Empty for no limit."), required=False)
    agrees = forms.BooleanField(
        label=_("I agree that my default payment method is charged without asking me each time.")
    )

    def terms(self) -> RechargeTerms:
        """Return what was asked for."""
        return RechargeTerms(
            currency=self.cleaned_data["currency"],
            threshold_minor=self.minor["threshold"],
            mode=self.cleaned_data["mode"],
            amount_minor=self.minor["amount"],
            daily_cap_minor=self.minor.get("daily_cap"),
            monthly_cap_minor=self.minor.get("monthly_cap"),
        )


def first_values(rule: RuleView | None, currency: str) -> dict[str, Any]:
    """Return what stands in a form that was just opened.

    Args:
        rule: of the currency, or None.
        currency: of the balance.
    """
    if rule is None:
        return {"currency": currency, "mode": RechargeMode.AMOUNT}
    return {
        "currency": currency,
        "mode": rule.mode,
        "threshold": rule.threshold.to_major(),
        "amount": rule.amount.to_major(),
        "daily_cap": rule.daily_cap.to_major() if rule.daily_cap else None,
        "monthly_cap": rule.monthly_cap.to_major() if rule.monthly_cap else None,
        "agrees": rule.is_on,
    }
