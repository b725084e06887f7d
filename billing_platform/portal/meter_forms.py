"""The forms of a meter: how it is to count, what it is called, and an event to be tried."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.price_forms import ExactField
from usage.enums import Aggregation, Identity
from usage.importers.cloudevents import NotJsonError, parse_json
from usage.services.meter_words import MeterWords

if TYPE_CHECKING:
    from usage.selectors.meters import MeterRow

_EVENT_MAX: Final = 60_000


class MeterWordsForm(forms.Form):
    """What a meter is called."""

    name = forms.CharField(label=_("Name on bills"), max_length=200)
    description = forms.CharField(
        label=_("Description"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What it counts, for your own people."),
    )
    unit_name = forms.CharField(
        label=_("Unit"), max_length=40, help_text=_("Of several, for instance GB or hours.")
    )
    unit_one = forms.CharField(
        label=_("Unit in a price"),
        max_length=40,
        required=False,
        help_text=_("Of one, for instance hour. Left empty, an s at the end is dropped."),
    )

    def words(self) -> MeterWords:
        """Return what the service takes."""
        said = self.cleaned_data
        return MeterWords(
            name=said["name"],
            description=said["description"],
            unit_name=said["unit_name"],
            unit_one=said["unit_one"],
        )


class MeterForm(MeterWordsForm):
    """What an event must be to count, and what it counts as; rules are checked by the service."""

    code = forms.SlugField(
        label=_("Code"), max_length=100, help_text=_("Its stable name, for instance storage.")
    )
    event_type = forms.CharField(
        label=_("Type of the events"), max_length=255, help_text=_("For instance cloud.storage.")
    )
    aggregation = forms.ChoiceField(
        label=_("How events become a quantity"), choices=Aggregation.choices
    )
    value_property = forms.CharField(
        label=_("Property that holds the quantity"),
        max_length=100,
        required=False,
        help_text=_("Left empty, it is the property quantity."),
    )
    filters = forms.CharField(
        label=_("Only events whose properties"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One property a line with what it may be: direction: inbound, outbound"),
    )
    increment = ExactField(
        label=_("Round each event up to a multiple of"),
        required=False,
        help_text=_("For instance 6 for steps of 6 seconds."),
    )
    increment_first = ExactField(label=_("Least quantity of an event"), required=False)
    allows_negative = forms.BooleanField(
        label=_("Events below zero are taken, as corrections of a sum"), required=False
    )
    identity = forms.ChoiceField(
        label=_("Identity of unique meters"), choices=Identity.choices, initial=Identity.RAW
    )
    identity_property = forms.CharField(
        label=_("Property that holds the identity"),
        max_length=100,
        required=False,
        help_text=_("Left empty, it is the subject of the event."),
    )
    field_order = ("name", "code", "description", "event_type", "filters", "aggregation")

    def clean_filters(self) -> list[dict[str, Any]]:
        """Return the lines as filters; a line without a property or a value is refused."""
        rules = []
        for line in self.cleaned_data["filters"].splitlines():
            name, colon, values = line.partition(":")
            texts = [text.strip() for text in values.split(",") if text.strip()]
            if not line.strip():
                continue
            if not name.strip() or not colon or not texts:
                raise forms.ValidationError(_("A filter has a property and at least one value."))
            rules.append({"property": name.strip(), "values": texts})
        return rules

    def rules(self) -> dict[str, Any]:
        """Return what the service takes, besides whose it is and when."""
        said = dict(self.cleaned_data)
        is_unique = said["aggregation"] == Aggregation.UNIQUE
        steps = {name: said.pop(name) for name in ("increment", "increment_first")}
        return {
            **said,
            **{name: Decimal(text) for name, text in steps.items() if text},
            "identity": said["identity"] if is_unique else Identity.RAW,
            "identity_property": said["identity_property"] if is_unique else "",
        }


class TrialForm(forms.Form):
    """An event as it would be sent."""

    event = forms.CharField(
        label=_("Event"),
        max_length=_EVENT_MAX,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("One CloudEvent in JSON, as the API takes it."),
    )

    def clean_event(self) -> object:
        """Return the event as the API would read it."""
        try:
            item = parse_json(self.cleaned_data["event"])
        except NotJsonError as error:
            raise forms.ValidationError(_("This is no JSON.")) from error
        if isinstance(item, list) and len(item) != 1:
            raise forms.ValidationError(_("Try one event at a time."))
        return item[0] if isinstance(item, list) else item


def words_of(meter: MeterRow) -> dict[str, Any]:
    """Return the words of a meter as a form begins with them.

    Args:
        meter: the meter.
    """
    return {
        "name": meter.name,
        "description": meter.description,
        "unit_name": meter.unit,
        "unit_one": meter.unit_one,
    }


def values_like(meter: MeterRow) -> dict[str, Any]:
    """Return what the form of a new meter begins with, when it is to be like another one; its code is left open.

    Args:
        meter: the other one.
    """
    plain = ("event_type", "aggregation", "value_property", "allows_negative", "identity")
    lines = [f"{rule['property']}: {', '.join(rule['values'])}" for rule in meter.filters]
    return {
        **words_of(meter),
        **{name: getattr(meter, name) for name in plain},
        "identity_property": meter.identity_property,
        "filters": "\n".join(lines),
        "increment": meter.increment,
        "increment_first": meter.increment_first,
    }
