"""Forms that move a client's money or stop its service: they check shape, services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

# No posting by hand needs more digits; the ledger's own limit lies beyond.
_DIGITS = 15
_PLACES = 3


class CurrencyForm(forms.Form):
    """A form whose field `currency` is one of some."""

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["currency"]
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(code, code) for code in currencies]


class AmountsForm(CurrencyForm):
    """A form with several amounts of its currency; `minor` holds what was typed, in minor units.

    Attributes:
        amounts: the fields that are amounts.
    """

    amounts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.minor: dict[str, int] = {}

    def clean(self) -> dict[str, Any]:
        """Read the amounts in minor units; nothing, or one finer than its currency, is an error of its field."""
        cleaned = super().clean() or {}
        for name in self.amounts:
            value = cleaned.get(name)
            if value is None or "currency" not in cleaned:
                continue
            try:
                self.minor[name] = Money.from_major(value, cleaned["currency"]).amount_minor
            except DomainError as error:
                self.add_error(name, error.message)
                continue
            if not self.minor[name]:
                self.add_error(name, gettext("It has to be more than nothing."))
        return cleaned


def amount_field(label: Any, hint: Any = "", *, required: bool = True) -> forms.DecimalField:
    """Return a field of `AmountsForm` for an amount.

    Args:
        label: what stands beside it.
        hint: what stands beneath it, or "".
        required: something has to be typed.
    """
    return forms.DecimalField(
        label=label,
        help_text=hint,
        max_digits=_DIGITS,
        decimal_places=_PLACES,
        min_value=0,
        required=required,
    )


class MoneyForm(CurrencyForm):
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
