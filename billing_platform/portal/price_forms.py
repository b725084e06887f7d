"""The price editor's form: one price of a draft, with its tiers as rows that are added and removed by buttons."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from babel.numbers import NumberFormatError, parse_decimal
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.currencies import CURRENCY_CODES
from billing_platform.portal.formats import format_quantity
from billing_platform.portal.widgets import LongSelect
from usage.enums import FeeAnchor, PriceKind, PricingModel
from usage.services.prices import PriceDraft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.forms import BaseFormSet
    from django.http import QueryDict

    from usage.selectors.catalogue import MeterChoice, PriceRow

TIERED: Final = (PricingModel.GRADUATED, PricingModel.VOLUME)
_INTERVALS: Final = (
    (1, _("Every month")),
    (3, _("Every 3 months")),
    (6, _("Every 6 months")),
    (12, _("Every year")),
)
_ROWS_MAX: Final = 50
_TIERS_OF_A_NEW_PRICE: Final = 2
FIGURES: Final = ("unit", "package_size", "included", "discount_percent", "minimum", "cap")
# Begins with the hour that runs: what was used in it already counts.
_STARTS: Final = (("now", _("Now")), ("period", _("With the next billing period")))


class ExactField(forms.CharField):
    """A decimal as people of the page's language write it; nothing is rounded."""

    default_error_messages = {"decimal": _("Write a number, for instance %(example)s.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the number in plain notation; empty when it was left out."""
        text = super().clean(value)
        locale = get_language() or "en"
        if not text:
            return ""
        try:
            return format(parse_decimal(text, locale=locale, strict=True), "f")
        except NumberFormatError as error:
            words = self.error_messages["decimal"]
            example = format_quantity(Decimal("1234.5"), locale)
            raise forms.ValidationError(words, params={"example": example}) from error

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number in the page's language; what was typed stays as it was."""
        if isinstance(value, Decimal):
            return format_quantity(value, get_language() or "en")
        return value


class PlanForm(forms.Form):
    """A plan that is to be made."""

    name = forms.CharField(label=_("Name"), max_length=200)
    code = forms.SlugField(
        label=_("Code"), max_length=100, help_text=_("For imports and the API, for instance pro.")
    )


class TierForm(forms.Form):
    """One tier: units up to a bound at a price each, and an amount once the tier is reached."""

    up_to = ExactField(label=_("Up to and with"), required=False)
    unit = ExactField(label=_("Price per unit"), required=False)
    flat = ExactField(label=_("Once reached"), required=False)


TierFormSet: Final = forms.formset_factory(
    TierForm, extra=0, max_num=_ROWS_MAX, validate_max=True, min_num=1
)


class PriceForm(forms.Form):
    """A price of one kind and model; only what these have is asked."""

    name = forms.CharField(label=_("Name on bills"), max_length=255)
    code = forms.SlugField(
        label=_("Code"),
        max_length=100,
        help_text=_("Stays the same from version to version, for instance storage."),
    )
    meter = forms.TypedChoiceField(label=_("Meter"), coerce=int)
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(c, c) for c in CURRENCY_CODES], widget=LongSelect
    )
    interval_months = forms.TypedChoiceField(label=_("Charged"), choices=_INTERVALS, coerce=int)
    fee_anchor = forms.ChoiceField(label=_("Intervals begin"), choices=FeeAnchor.choices)
    unit = ExactField(label=_("Price"))
    package_size = ExactField(label=_("Units in a package"))
    included = ExactField(
        label=_("Included units"),
        required=False,
        help_text=_("Per billing period, free of charge."),
    )
    discount_percent = ExactField(label=_("Discount in percent"), required=False)
    minimum = ExactField(label=_("Least amount of a period"), required=False)
    cap = ExactField(label=_("Most of a period"), required=False)
    is_allowance_prorated = forms.BooleanField(
        label=_("In a period covered in part, included units, minimum and cap shrink with it"),
        required=False,
    )

    def __init__(
        self, *args: Any, kind: str, model: str, meters: Sequence[MeterChoice], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.model = kind, model
        for name in self.fields.keys() - _asked(kind, model):
            del self.fields[name]
        choice = self.fields.get("meter")
        if isinstance(choice, forms.ChoiceField):
            choice.choices = [(each.id, f"{each.name} ({each.unit})") for each in meters]

    def draft(self, tiers: Sequence[Mapping[str, Any]]) -> PriceDraft:
        """Return what the form says.

        Args:
            tiers: the cleaned rows of the tiers; empty for prices without.
        """
        said = self.cleaned_data
        return PriceDraft(
            code=said["code"],
            name=said["name"],
            kind=self.kind,
            currency=said["currency"],
            model=self.model,
            figures=figures_of(said, tiers),
            meter_id=said.get("meter"),
            interval_months=said.get("interval_months") or 0,
            fee_anchor=said.get("fee_anchor") or FeeAnchor.PERIOD,
            is_allowance_prorated=said.get("is_allowance_prorated", False),
        )


class OwnPriceForm(PriceForm):
    """One client's own price in place of a plan's: only the figures are its own, and when they begin to hold."""

    def __init__(self, *args: Any, kind: str, model: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, model=model, meters=(), **kwargs)
        for name in self.fields.keys() - set(FIGURES):
            del self.fields[name]
        self.fields["starts"] = forms.ChoiceField(
            label=_("Holds from"),
            choices=_STARTS,
            help_text=_(
                "It holds until it is ended. Within a period, tiers and included units count anew from then on,"
                " unless the plan lets them go on; a fee that is charged already stays as it is."
            ),
        )


def with_tier_rows(posted: QueryDict, pressed: str) -> QueryDict:
    """Add a row to the tiers or take one out, as the pressed button says; what was typed moves along."""
    count = posted.get("tier-TOTAL_FORMS", "")
    rows = int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0
    names = ("up_to", "unit", "flat")
    kept = [{name: posted.get(f"tier-{at}-{name}", "") for name in names} for at in range(rows)]
    if pressed == "add":
        kept.insert(max(len(kept) - 1, 0), dict.fromkeys(names, ""))
    elif pressed.startswith("remove-") and pressed[7:].isdigit() and len(kept) > 1:
        del kept[min(int(pressed[7:]), len(kept) - 1)]
    changed = posted.copy()
    changed["tier-TOTAL_FORMS"] = str(len(kept))
    for at, values in enumerate(kept):
        for name, value in values.items():
            changed[f"tier-{at}-{name}"] = value
    return changed


def figures_of(said: Mapping[str, Any], tiers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the figures that the pricing reads, as decimal strings; what was left empty is left out."""
    figures: dict[str, Any] = {name: said[name] for name in FIGURES if said.get(name)}
    if tiers:
        figures["tiers"] = [
            {name: row[name] for name in ("up_to", "unit", "flat") if row.get(name)}
            for row in tiers
        ]
    return figures


def first_values(price: PriceRow) -> dict[str, Any]:
    """Return what the form shows of a price that exists already."""
    numbers = {
        name: Decimal(value)
        for name, value in price.figures.items()
        if name != "tiers" and value is not None and Decimal(value) != 0
    }
    return {
        "name": price.name,
        "code": price.code,
        "meter": price.meter_id,
        "currency": price.currency,
        "interval_months": price.interval_months,
        "fee_anchor": price.fee_anchor,
        "is_allowance_prorated": price.is_allowance_prorated,
        **numbers,
    }


def tier_forms(posted: QueryDict | None, price: PriceRow | None) -> BaseFormSet[Any]:
    """Return the tiers as they were sent, else those of a price, else empty ones to begin with."""
    known = [
        {name: Decimal(value) for name, value in tier.items() if value is not None}
        for tier in (price.figures.get("tiers") if price else None) or ()
    ]
    empty: list[dict[str, Decimal]] = [{} for _row in range(_TIERS_OF_A_NEW_PRICE)]
    return TierFormSet(posted, prefix="tier", initial=known or empty)


def _asked(kind: str, model: str) -> set[str]:
    asked = {"name", "code", "currency"}
    if kind != PriceKind.USAGE:
        recurring = {"interval_months", "fee_anchor"} if kind != PriceKind.SETUP else set()
        return asked | {"unit"} | recurring
    asked |= {"meter", "included", "discount_percent", "minimum", "cap", "is_allowance_prorated"}
    if model not in TIERED:
        asked.add("unit")
    if model == PricingModel.PACKAGE:
        asked.add("package_size")
    return asked
