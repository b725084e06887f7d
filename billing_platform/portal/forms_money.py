"""Forms that move a client's money or stop its service: they check shape, services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

# No posting by hand needs more digits; the ledger's own limit lies beyond.
_DIGITS = 15
_PLACES = 3


class MoneyForm(forms.Form):
    """An amount with its reason; `key` makes that one form posts once."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=_DIGITS, decimal_places=_PLACES, min_value=0
    )
    currency = forms.ChoiceField(label=_("Currency"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("It stands beside the posting in the ledger."),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["currency"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(code, code) for code in currencies]

    def money(self) -> Money:
        """Return the amount.

        Raises:
            InvalidAmountError: it is finer than the currency's minor unit.
        """
        return Money.from_major(self.cleaned_data["amount"], self.cleaned_data["currency"])


class CreditForm(MoneyForm):
    """Credit for a client."""


class CorrectionForm(MoneyForm):
    """A correction, up or down."""

    direction = forms.ChoiceField(
        label=_("The balance"),
        choices=(("up", _("rises by the amount")), ("down", _("falls by the amount"))),
        widget=forms.RadioSelect,
    )
    field_order = ("direction", "amount", "currency", "reason", "key")

    def money(self) -> Money:
        """Return the signed amount."""
        amount = super().money()
        return -amount if self.cleaned_data["direction"] == "down" else amount


class SuspendForm(forms.Form):
    """Why a client is suspended."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("The client's admins see it when they log in."),
    )
