"""The form of a meter that is to be made: which events count, and how they become a quantity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.price_forms import ExactField
from usage.enums import Aggregation, Identity


class MeterForm(forms.Form):
    """What an event must be to count, and what it counts as; rules are checked by the service."""

    name = forms.CharField(label=_("Name on bills"), max_length=200)
    code = forms.SlugField(
        label=_("Code"), max_length=100, help_text=_("Its stable name, for instance storage.")
    )
    event_type = forms.CharField(
        label=_("Type of the events"), max_length=255, help_text=_("For instance cloud.storage.")
    )
    aggregation = forms.ChoiceField(
        label=_("How events become a quantity"), choices=Aggregation.choices
    )
    unit_name = forms.CharField(
        label=_("Unit"), max_length=40, help_text=_("For instance GB or hours.")
    )
    value_property = forms.CharField(
        label=_("Property that holds the quantity"),
        max_length=100,
        required=False,
        help_text=_("Left empty, it is the property quantity."),
    )
    filter_property = forms.CharField(
        label=_("Only events whose property"), max_length=100, required=False
    )
    filter_values = forms.CharField(
        label=_("is one of"),
        max_length=500,
        required=False,
        help_text=_("With commas between them."),
    )
    increment = ExactField(
        label=_("Round each event up to a multiple of"),
        required=False,
        help_text=_("For instance 6 for steps of 6 seconds."),
    )
    increment_first = ExactField(label=_("Least quantity of an event"), required=False)
    identity = forms.ChoiceField(
        label=_("Identity of unique meters"), choices=Identity.choices, initial=Identity.RAW
    )

    def clean(self) -> dict[str, Any]:
        """Refuse half a filter."""
        said = super().clean() or {}
        if bool(said.get("filter_property")) != bool(said.get("filter_values")):
            self.add_error("filter_values", _("A filter has a property and at least one value."))
        return said

    def rules(self) -> dict[str, Any]:
        """Return what the service takes, besides whose it is and when."""
        said = self.cleaned_data
        plain = ("name", "code", "event_type", "aggregation", "unit_name", "value_property")
        texts = [text.strip() for text in said["filter_values"].split(",") if text.strip()]
        steps = {name: said[name] for name in ("increment", "increment_first") if said[name]}
        return {
            **{name: said[name] for name in plain},
            **{name: Decimal(text) for name, text in steps.items()},
            "filters": [{"property": said["filter_property"], "values": texts}] if texts else [],
            "identity": said["identity"]
            if said["aggregation"] == Aggregation.UNIQUE
            else Identity.RAW,
        }
