"""Forms of campaigns and their codes: they check shape, services check rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import InvalidAmountError
from billing_platform.kernel.money import Money
from promotions.enums import PERCENTS, Benefit
from promotions.services.codes import BATCH_MAX
from promotions.types import CampaignTerms, TermsInCurrency
from tenants.enums import TenantCategory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from django.forms import BoundField

_DAY: Final = {"type": "date"}
_DIGITS: Final = 13
_PLACES: Final = 3
_LIMIT_MAX: Final = 1_000_000_000
_PARTS: Final = ("minimum", "fixed", "cap")


@dataclass(frozen=True, slots=True)
class CurrencyFields:
    """The fields of one currency."""

    code: str
    minimum: BoundField
    fixed: BoundField
    cap: BoundField


class CampaignForm(forms.Form):
    """All that makes a campaign; `key` makes that one form makes one."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Customers read it at the top-up.")
    )
    benefit = forms.ChoiceField(
        label=_("What it gives"), choices=Benefit.choices, widget=forms.RadioSelect
    )
    percent = forms.DecimalField(
        label=_("Percent of the top-up"),
        max_digits=7,
        decimal_places=4,
        min_value=0,
        required=False,
        help_text=_("For percentages; rounded down to the smallest unit of the currency."),
    )
    starts = forms.DateField(label=_("First day"), widget=forms.DateInput(_DAY, "%Y-%m-%d"))
    ends = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(_DAY, "%Y-%m-%d"),
        help_text=_("Leave it empty for no end."),
    )
    total_limit = forms.IntegerField(
        label=_("Uses in all"),
        min_value=1,
        max_value=_LIMIT_MAX,
        required=False,
        help_text=_("Leave it empty for any number."),
    )
    tenant_limit = forms.IntegerField(
        label=_("Uses by one client"),
        min_value=1,
        max_value=_LIMIT_MAX,
        required=False,
        help_text=_("Leave it empty for any number."),
    )
    grant_days = forms.IntegerField(
        label=_("Days until the bonus expires"),
        min_value=1,
        max_value=3650,
        required=False,
        help_text=_(
            "Counted from the top-up. Leave it empty for never; a discount does not expire."
        ),
    )
    categories = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=TenantCategory.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none for all clients."),
    )
    first_only = forms.BooleanField(label=_("Only for a client's first top-up"), required=False)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currencies: Sequence[str], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._currencies, self._zone = currencies, ZoneInfo(zone)
        for code in currencies:
            for part, label in zip(_PARTS, _labels(code), strict=True):
                self.fields[f"{part}_{code}"] = forms.DecimalField(
                    label=label,
                    max_digits=_DIGITS,
                    decimal_places=_PLACES,
                    min_value=0,
                    required=False,
                )

    def general(self) -> Iterator[BoundField]:
        """Yield the fields that are of no currency."""
        of_currencies = {f"{part}_{code}" for code in self._currencies for part in _PARTS}
        return (self[name] for name in self.fields if name not in of_currencies)

    def by_currency(self) -> list[CurrencyFields]:
        """Return the fields of each currency."""
        return [
            CurrencyFields(code, *(self[f"{part}_{code}"] for part in _PARTS))
            for code in self._currencies
        ]

    def clean(self) -> dict[str, Any]:
        """Check what needs more than one field."""
        clean = super().clean() or {}
        is_percent = clean.get("benefit") in PERCENTS
        if is_percent and not clean.get("percent"):
            self.add_error("percent", gettext("Say how many percent."))
        chosen = [code for code in self._currencies if clean.get(f"minimum_{code}")]
        if not chosen and self._currencies:
            self.add_error(
                f"minimum_{self._currencies[0]}",
                gettext("Say the minimum top-up in at least one currency."),
            )
        for code in chosen:
            if not is_percent and "benefit" in clean and not clean.get(f"fixed_{code}"):
                self.add_error(f"fixed_{code}", gettext("Say what it gives in this currency."))
        for code in self._currencies:
            self._check_places(clean, code)
        return clean

    def terms(self) -> CampaignTerms:
        """Return what a valid form asks for."""
        clean = self.cleaned_data
        is_percent = clean["benefit"] in PERCENTS
        is_bonus = clean["benefit"].startswith("bonus")
        return CampaignTerms(
            name=clean["name"],
            benefit=clean["benefit"],
            currencies=[
                TermsInCurrency(
                    currency=code,
                    minimum_minor=self._minor("minimum", code) or 0,
                    fixed_minor=None if is_percent else self._minor("fixed", code),
                    percent=clean["percent"] if is_percent else None,
                    cap_minor=self._minor("cap", code) if is_percent else None,
                )
                for code in self._currencies
                if clean[f"minimum_{code}"]
            ],
            starts_at=self._begin_of(clean["starts"]),
            ends_at=self._begin_of(clean["ends"] + timedelta(days=1)) if clean["ends"] else None,
            categories=clean["categories"],
            first_only=clean["first_only"],
            total_limit=clean["total_limit"],
            tenant_limit=clean["tenant_limit"],
            grant_days=clean["grant_days"] if is_bonus else None,
        )

    def _check_places(self, clean: dict[str, Any], code: str) -> None:
        for part in _PARTS:
            name = f"{part}_{code}"
            try:
                if clean.get(name):
                    Money.from_major(clean[name], code)
            except InvalidAmountError as error:
                self.add_error(name, error.message)

    def _minor(self, part: str, code: str) -> int | None:
        value = self.cleaned_data[f"{part}_{code}"]
        return Money.from_major(value, code).amount_minor if value else None

    def _begin_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._zone)


def campaign_values(terms: CampaignTerms, zone: str) -> dict[str, Any]:
    """Return what a form of a campaign begins with.

    Args:
        terms: its terms now.
        zone: in which its days are told.
    """
    here = ZoneInfo(zone)
    last = terms.ends_at and terms.ends_at.astimezone(here) - timedelta(microseconds=1)
    values: dict[str, Any] = {
        "name": terms.name,
        "benefit": terms.benefit,
        "starts": terms.starts_at.astimezone(here).date(),
        "ends": last.date() if last else None,
        "categories": list(terms.categories),
        "first_only": terms.first_only,
        "total_limit": terms.total_limit,
        "tenant_limit": terms.tenant_limit,
        "grant_days": terms.grant_days,
    }
    for each in terms.currencies:
        if each.percent is not None:
            values["percent"] = each.percent.normalize()
        for part in _PARTS:
            minor = getattr(each, f"{part}_minor")
            if minor is not None:
                values[f"{part}_{each.currency}"] = Money(minor, each.currency).to_major()
    return values


class CodeForm(forms.Form):
    """A code that somebody made up."""

    text = forms.CharField(
        label=_("Code"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("For instance WELCOME-10. Case, spaces and dashes make no difference."),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


class BulkForm(forms.Form):
    """Many codes for one use each."""

    count = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=BATCH_MAX)
    begins_with = forms.CharField(
        label=_("Prefix"),
        max_length=12,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("2 to 12 letters and digits; 13 signs of chance follow it."),
    )
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


def _labels(code: str) -> tuple[str, str, str]:
    return (
        gettext("Minimum top-up (%s)") % code,
        gettext("It gives (%s)") % code,
        gettext("At most (%s)") % code,
    )
