"""The form of auto-recharge: it checks shape; the service checks rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from payments.enums import RechargeMode
from payments.recharge_types import RechargeTerms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.selectors.recharges import RuleView

_DIGITS = 12
_PLACES = 3
_AMOUNTS = ("threshold", "amount", "daily_cap", "monthly_cap")


def _amount(label: Any, hint: Any = "", *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        max_digits=_DIGITS,
        decimal_places=_PLACES,
        min_value=0,
        required=required,
    )


class RechargeForm(forms.Form):
    """When a balance is topped up by itself, and by how much."""

    currency = forms.ChoiceField(label=_("Balance in"))
    threshold = _amount(
        _("When the available balance falls below"), _("What is reserved does not count.")
    )
    mode = forms.ChoiceField(label=_("Top up"), choices=RechargeMode, widget=forms.RadioSelect)
    amount = _amount(
        _("Amount"), _("What is added each time, or the balance that it is filled up to.")
    )
    daily_cap = _amount(_("At most per day"), _("Empty for no limit."), required=False)
    monthly_cap = _amount(_("At most per month"), _("Empty for no limit."), required=False)
    agrees = forms.BooleanField(
        label=_("I agree that my default payment method is charged without asking me each time.")
    )

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._minor: dict[str, int] = {}
        choice = self.fields["currency"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(code, code) for code in currencies]

    def clean(self) -> dict[str, Any]:
        """Read the amounts in minor units; nothing, or one finer than its currency, is an error of its field."""
        cleaned = super().clean() or {}
        for name in _AMOUNTS:
            value = cleaned.get(name)
            if value is None or "currency" not in cleaned:
                continue
            try:
                self._minor[name] = Money.from_major(value, cleaned["currency"]).amount_minor
            except DomainError as error:
                self.add_error(name, error.message)
                continue
            if not self._minor[name]:
                self.add_error(name, gettext("It has to be more than nothing."))
        return cleaned

    def terms(self) -> RechargeTerms:
        """Return what was asked for."""
        return RechargeTerms(
            currency=self.cleaned_data["currency"],
            threshold_minor=self._minor["threshold"],
            mode=self.cleaned_data["mode"],
            amount_minor=self._minor["amount"],
            daily_cap_minor=self._minor.get("daily_cap"),
            monthly_cap_minor=self._minor.get("monthly_cap"),
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
