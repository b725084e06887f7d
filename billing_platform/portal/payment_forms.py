"""Forms of payments: they check shape; services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from payments.enums import RefundDestination
from payments.errors import AmountRefused, RefundNotCovered, RefundTooLarge
from payments.types import RefundTerms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.gateways.kinds import CredentialField
    from payments.selectors.refunds import Refundable, RefundEffect
    from payments.services.refund_ways import RefundChoice

_DIGITS = 12
_PLACES = 3


class RefundForm(forms.Form):
    """How much goes back, where, and why; sent once to see what will happen, and once more to do it."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=_DIGITS, decimal_places=_PLACES, min_value=0
    )
    destination = forms.ChoiceField(
        label=_("Where it goes"), widget=forms.RadioSelect, required=False
    )
    overdraws = forms.BooleanField(
        label=_("Give back used credit, too: the balance may fall below zero"), required=False
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("It stands beside the refund.")
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rest: Refundable, choice: RefundChoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rest, self._choice = rest, choice
        field = self.fields["destination"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(each.value, each.label) for each in choice.offered]
        self.initial["destination"] = choice.default
        if RefundDestination.ORIGINAL not in choice.offered or not rest.used:
            del self.fields["overdraws"]

    def terms(self) -> RefundTerms:
        """Return what was asked for.

        Raises:
            InvalidAmountError: it is finer than the currency's minor unit.
        """
        return RefundTerms(
            amount=Money.from_major(self.cleaned_data["amount"], self._rest.left.currency),
            destination=self.cleaned_data["destination"] or self._choice.default,
            overdraws=self.cleaned_data.get("overdraws", False),
        )

    def effect(self) -> RefundEffect | None:
        """Return what would happen, None with an error on the form; the service decides again under its lock."""
        try:
            effect = self._rest.effect_of(self.terms())
            if effect.terms.amount.amount_minor <= 0:
                raise AmountRefused(message=gettext("Give back more than nothing."))
            if effect.terms.amount.amount_minor > self._rest.left.amount_minor:
                raise RefundTooLarge
            if effect.is_uncovered:
                raise RefundNotCovered
        except DomainError as error:
            self.add_error("amount", error.message)
            return None
        return effect


class ApproveForm(RefundForm):
    """How much of what was asked for goes back, and where."""

    def __init__(
        self, *args: Any, rest: Refundable, choice: RefundChoice, asked: Money, **kwargs: Any
    ) -> None:
        super().__init__(*args, rest=rest, choice=choice, **kwargs)
        self._asked = asked
        del self.fields["reason"], self.fields["key"]

    def effect(self) -> RefundEffect | None:
        """Return what would happen; more than was asked for is refused as well."""
        effect = super().effect()
        if effect is not None and effect.terms.amount > self._asked:
            self.add_error("amount", gettext("That is more than was asked for."))
            return None
        return effect


class RejectForm(forms.Form):
    """Why a request is rejected."""

    answer = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("The client reads it as it stands here.")
    )


class AskRefundForm(forms.Form):
    """How much a customer wants back, and why; `key` makes that one form asks once."""

    amount = forms.DecimalField(
        label=_("Amount"), max_digits=_DIGITS, decimal_places=_PLACES, min_value=0
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Who decides reads it."),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


class ConnectForm(forms.Form):
    """A gateway's credentials, and on a new connection its name; what was entered is never shown again."""

    def __init__(
        self,
        *args: Any,
        fields: Sequence[CredentialField],
        label: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if label is not None:
            self.fields["label"] = forms.CharField(
                label=_("Name"),
                max_length=64,
                initial=label,
                help_text=_("Customers choose by it, for instance Card."),
            )
        for field in fields:
            hidden = {"autocomplete": "off", "spellcheck": "false"}
            widget = forms.PasswordInput(hidden) if field.is_secret else forms.TextInput(hidden)
            self.fields[f"credential_{field.name}"] = forms.CharField(
                label=gettext(field.label),
                help_text=gettext(field.help) if field.help else "",
                max_length=500,
                required=field.is_secret,
                widget=widget,
            )

    def credentials(self) -> dict[str, str]:
        """Return what was entered, by the gateway's names."""
        start = "credential_"
        return {
            name.removeprefix(start): value
            for name, value in self.cleaned_data.items()
            if name.startswith(start)
        }


class ConnectionForm(forms.Form):
    """What customers see of a connection."""

    label = forms.CharField(label=_("Name"), max_length=64)
    position = forms.IntegerField(
        label=_("Place"),
        min_value=0,
        max_value=1000,
        help_text=_("The smallest comes first."),
    )
    is_on = forms.BooleanField(label=_("Customers may pay with it"), required=False)


class SecretForm(forms.Form):
    """A webhook secret that was copied from the gateway."""

    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "off"}),
    )
