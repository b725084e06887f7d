"""Forms of payments: they check shape; services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.types import ConnectionView

_DIGITS = 12
_PLACES = 3


class PayForm(forms.Form):
    """How much, and by which way; `key` makes that one form opens one payment."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=_DIGITS, decimal_places=_PLACES, min_value=0
    )
    currency = forms.ChoiceField(label=_("Currency"))
    way = forms.ChoiceField(label=_("Pay by"), widget=forms.RadioSelect)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        currencies: Sequence[str],
        ways: Sequence[ConnectionView],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "currency": [(code, code) for code in currencies],
            "way": [(way.public_id, way.label) for way in ways],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = offered

    def money(self) -> Money:
        """Return the amount.

        Raises:
            InvalidAmountError: it is finer than the currency's minor unit.
        """
        return Money.from_major(self.cleaned_data["amount"], self.cleaned_data["currency"])
