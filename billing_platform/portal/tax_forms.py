"""Forms of tax: they check shape, services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from babel import Locale
from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.currencies import CURRENCY_CODES
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.widgets import LongSelect
from tax.enums import STANDARD, ProofKind, RegistrationKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tax.types import CategoryView

_DAY: Final = {"type": "date"}
_BRIEF: Final = {"autocomplete": "off", "spellcheck": "false"}
REGION_HELP: Final = _(
    "Of the USA two letters, for instance CA; of India the two digits of its GSTIN, for instance 29."
)


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by name, in the reader's language."""
    names = Locale.parse(get_language() or "en", sep="-").territories
    places = [(str(code), str(name)) for code, name in names.items()]
    real = [(code, name) for code, name in places if len(code) == 2 and code.isalpha()]
    known = [(code, name) for code, name in real if code not in _NO_COUNTRIES]
    return [("", "—"), *sorted(known, key=lambda one: one[1])]


_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})


class CountryField(forms.TypedChoiceField):
    """A country by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=country_choices,
            label=kwargs.pop("label", _("Country")),
            widget=LongSelect,
            **kwargs,
        )


class PartForm(forms.Form):
    """One of several forms on a page, whose fields may be called alike: each has ids of its own."""

    part = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{self.part}-%s")
        super().__init__(*args, **kwargs)


class NumberForm(PartForm):
    """A tax number."""

    part = "number"

    country = CountryField()
    number = forms.CharField(
        label=_("Tax number"),
        max_length=60,
        widget=forms.TextInput(_BRIEF),
        help_text=_("For instance a VAT number or GSTIN; spaces and dots make no difference."),
    )


class HandCheckForm(PartForm):
    """What a person read in a register."""

    part = "check"

    number = forms.CharField(max_length=40, widget=forms.HiddenInput)
    says = forms.TypedChoiceField(
        label=_("The register says"),
        choices=(("1", _("Valid")), ("0", _("Not valid"))),
        coerce=lambda value: value == "1",
    )
    consultation_number = forms.CharField(
        label=_("Consultation number"), max_length=64, required=False
    )
    note = forms.CharField(label=_("Where and how it was checked"), max_length=300)


class ProofForm(PartForm):
    """A proof of where a consumer is."""

    part = "proof"

    kind = forms.ChoiceField(label=_("Kind of proof"), choices=ProofKind.choices)
    country = CountryField()
    detail = forms.CharField(
        label=_("What it rests on"),
        max_length=200,
        help_text=_("Without secrets: never a whole card or account number."),
    )


class ExemptionForm(PartForm):
    """An exemption with its certificate."""

    part = "exemption"

    country = CountryField(label=_("Country of the tax"))
    region = forms.CharField(
        label=_("State"), max_length=10, required=False, help_text=_("Empty for the whole country.")
    )
    certificate = forms.CharField(label=_("Number of the certificate"), max_length=100)
    begins = forms.DateField(label=_("Valid from"), widget=forms.DateInput(_DAY))
    ends = forms.DateField(
        label=_("Valid before"),
        required=False,
        widget=forms.DateInput(_DAY),
        help_text=_("The first day on which it does not hold any more; empty for no end."),
    )
    file = forms.FileField(label=_("Certificate"), help_text=_("PDF, PNG or JPEG of at most 5 MB."))


class RegistrationForm(forms.Form):
    """Where the provider is registered for tax."""

    kind = forms.ChoiceField(label=_("Kind"), choices=RegistrationKind.choices)
    country = CountryField(
        required=False,
        help_text=_("For VAT and the One Stop Shop; the other kinds have their own country."),
    )
    region = forms.CharField(label=_("State"), max_length=10, required=False, help_text=REGION_HELP)
    number = forms.CharField(label=_("Tax number"), max_length=60, widget=forms.TextInput(_BRIEF))
    lut = forms.CharField(
        label=_("Letter of undertaking"),
        max_length=40,
        required=False,
        help_text=_("India only: with it exports bear no tax."),
    )
    is_home = forms.BooleanField(
        label=_("The company is established here"), required=False, initial=True
    )
    begins = forms.DateField(label=_("Valid from"), widget=forms.DateInput(_DAY))


class RateForm(forms.Form):
    """A rate that holds from a day on."""

    country = CountryField()
    region = forms.CharField(label=_("State"), max_length=10, required=False, help_text=REGION_HELP)
    postcode_prefix = forms.CharField(
        label=_("Postcodes that begin with"),
        max_length=10,
        required=False,
        help_text=_("Empty for all; in the USA such a rate comes on top of the state's."),
    )
    category = forms.ChoiceField(label=_("Category"))
    name = forms.CharField(
        label=_("Name of the tax"),
        max_length=40,
        help_text=_("As documents print it, for instance VAT."),
    )
    percent = forms.DecimalField(
        label=_("Rate in per cent"), max_digits=7, decimal_places=4, min_value=0, max_value=100
    )
    begins = forms.DateField(label=_("Valid from"), widget=forms.DateInput(_DAY))

    def __init__(self, *args: Any, categories: Iterable[CategoryView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["category"], categories)


class CategoryForm(forms.Form):
    """A category of what is sold."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,31}$",
        label=_("Code"),
        help_text=_("Small letters, digits and underscores, for instance voice."),
    )
    name = forms.CharField(label=_("Name"), max_length=100)
    is_exempt = forms.BooleanField(label=_("Exempt wherever it would be taxed"), required=False)
    provision = forms.CharField(
        label=_("Provision that exempts it"),
        max_length=100,
        required=False,
        help_text=_(
            "As documents print it, for instance Art. 132 (1) (i) of Directive 2006/112/EC."
        ),
    )


class ReviewForm(forms.Form):
    """Proposed rates that are taken over."""

    countries = forms.MultipleChoiceField(label=_("Country"))
    begins = forms.DateField(label=_("Valid from"), widget=forms.DateInput(_DAY))

    def __init__(self, *args: Any, countries: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["countries"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 (declared above)
        field.choices = [(code, code) for code in countries]


class PreviewForm(forms.Form):
    """Which customer and which amount."""

    client = forms.CharField(
        label=_("Client"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Its id, or words that only it has."),
    )
    amount = forms.DecimalField(label=_("Amount"), max_digits=15, decimal_places=3)
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in CURRENCY_CODES]
    )
    basis = forms.ChoiceField(
        label=_("The amount is"),
        choices=(("net", _("net, tax comes on top")), ("gross", _("gross, tax is in it"))),
    )
    category = forms.ChoiceField(label=_("Category"))
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(_DAY))

    def __init__(self, *args: Any, categories: Iterable[CategoryView], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["category"], categories)

    def clean(self) -> dict[str, Any]:
        """Return the values with the amount as money."""
        clean = super().clean() or {}
        if "amount" in clean and "currency" in clean:
            try:
                clean["money"] = Money.from_major(clean["amount"], clean["currency"])
            except DomainError as error:
                self.add_error("amount", error.message)
        return clean


def _offer(field: forms.Field, categories: Iterable[CategoryView]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 (declared by the forms above)
    own = [(one.code, one.name) for one in categories]
    field.choices = [(STANDARD, gettext("Standard")), *own]
