"""The forms of a top-up, paid at once or ordered: they check shape; the quote and the services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.types import ConnectionView

_DIGITS = 12
_PLACES = 3


class AmountForm(forms.Form):
    """How much and with which code; `key` makes that one form opens one top-up.

    Attributes:
        currencies: in which it may be; none where nobody takes it.
    """

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=_DIGITS,
        decimal_places=_PLACES,
        min_value=0,
        help_text=_("It should cover your next billing cycle."),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        help_text=_("Each currency has a balance of its own; nothing is converted."),
    )
    code = forms.CharField(
        label=_("Promotion code"),
        max_length=64,
        required=False,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currencies = currencies
        _choose(self, "currency", [(code, code) for code in currencies])
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Refuse an amount that is finer than the currency's minor unit."""
        cleaned = super().clean() or self.cleaned_data
        if "amount" in cleaned and "currency" in cleaned:
            try:
                cleaned["money"] = Money.from_major(cleaned["amount"], cleaned["currency"])
            except DomainError as error:
                self.add_error("amount", error.message)
        return cleaned

    @property
    def money(self) -> Money | None:
        """Return the amount, None while it cannot be read; the form was checked."""
        return self.cleaned_data.get("money")


class TopupForm(AmountForm):
    """A top-up that is paid at once, by a way.

    `agreed` is the total that was shown in minor units, once somebody has seen it.
    """

    way = forms.ChoiceField(label=_("Pay by"), widget=forms.RadioSelect)
    agreed = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    field_order = ("amount", "currency", "code", "way")

    def __init__(self, *args: Any, ways: Sequence[ConnectionView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "way", [(way.public_id, way.label) for way in ways])

    @property
    def agreed_total(self) -> Money | None:
        """Return the total that was shown and agreed to, None before."""
        agreed = self.cleaned_data.get("agreed")
        return Money(agreed, self.cleaned_data["currency"]) if agreed else None


class OrderForm(AmountForm):
    """A top-up that is ordered, and paid by a bank transfer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Amount to top-up")


def _choose(form: forms.Form, name: str, offered: Sequence[tuple[str, str]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(offered)
