"""How many units of a plan's licences and fees a client has, asked in the provider's forms."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.price_forms import ExactField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from usage.selectors.units import CountedFee

_MOST: Final = Decimal(10) ** 9
_PLACES: Final = 12
# Begins with the hour that runs: its day counts for the new number.
UNIT_STARTS: Final = (("now", _("From now on")), ("period", _("From the next billing period on")))


def units_follow(place: str) -> dict[str, str]:
    """Return what a list of versions needs so that the fields of units follow what is chosen in it.

    Args:
        place: the address of the page that holds the form; without scripts it asks after the form was sent.
    """
    return {
        "hx-get": place,
        "hx-trigger": "change",
        "hx-target": "#units",
        "hx-select": "#units",
        "hx-swap": "outerHTML",
    }


class UnitsField(ExactField):
    """A number of units above 0; its value is a decimal."""

    default_error_messages = {
        "units": _("Write a number above 0 and up to a billion, with at most 12 decimals."),
    }

    def clean(self, value: Any) -> Any:
        """Return the number; None when it was left out."""
        text = super().clean(value)
        if not text:
            return None
        units = Decimal(text)
        exponent = units.normalize().as_tuple().exponent
        if not 0 < units <= _MOST or not isinstance(exponent, int) or -exponent > _PLACES:
            raise forms.ValidationError(self.error_messages["units"])
        return units


class UnitsForm(forms.Form):
    """A form that asks for the units of a plan's components; what is chosen elsewhere in it decides which."""

    def ask_units(self, fees: Sequence[CountedFee]) -> None:
        """Add a field per component; a licence's must be filled in, a plain fee counts once when it is left out.

        Args:
            fees: of the version that is chosen.
        """
        self.unit_codes = {f"units-{fee.code}": fee.code for fee in fees}
        for fee in fees:
            self.fields[f"units-{fee.code}"] = UnitsField(
                label=_("Units: %(name)s") % {"name": fee.name},
                required=fee.is_licence,
                initial=Decimal(1),
            )

    @property
    def unit_fields(self) -> list[forms.BoundField]:
        """The fields that were added."""
        return [self[name] for name in self.unit_codes]

    def units(self) -> Mapping[str, Decimal]:
        """Return the cleaned units by component."""
        said = {code: self.cleaned_data.get(name) for name, code in self.unit_codes.items()}
        return {code: units for code, units in said.items() if units is not None}


class ChangeUnitsForm(forms.Form):
    """Another number of units of one component of a subscription, and from when on."""

    subscription = forms.CharField(max_length=20)
    code = forms.CharField(max_length=100)
    quantity = UnitsField(label=_("Units"))
    starts = forms.ChoiceField(choices=UNIT_STARTS)
