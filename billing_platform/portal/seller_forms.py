"""The form of a provider's company, as its documents name it; it checks shape, services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.tax_forms import CountryField
from tenants.types import LegalIdentity

# Which field a refusal of the services belongs to.
SELLER_FIELDS: Final = {
    "invalid_name": "name",
    "invalid_country": "country",
    "invalid_region": "region",
    "invalid_iban": "bank_iban",
    "invalid_bic": "bank_bic",
    "invalid_number": "tax_id",
}
_BRIEF: Final = {"autocomplete": "off", "spellcheck": "false"}
_LINES: Final = {"rows": 3}

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _brief(label: StrOrPromise, most: int, words: StrOrPromise = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        widget=forms.TextInput(_BRIEF),
        help_text=words,
    )


class SellerForm(forms.Form):
    """Who a provider is before the law, where customers pay, and what documents say at their foot."""

    name = forms.CharField(
        label=_("Legal name"), max_length=200, help_text=_("As documents name you.")
    )
    address = forms.CharField(
        label=_("Street and number"), max_length=500, widget=forms.Textarea({"rows": 2})
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("City"), max_length=100)
    region = forms.CharField(
        label=_("State or region"),
        max_length=40,
        required=False,
        help_text=_(
            "Of the USA two letters, for instance CA; of India the two digits of its GSTIN, for instance 29."
        ),
    )
    country = CountryField()
    tax_id = _brief(
        _("Tax id"),
        60,
        _("For instance a VAT number or GSTIN; spaces and dots make no difference."),
    )
    registration_no = _brief(
        _("Registration number"),
        64,
        _("Of the company's register, with the court where the law wants it."),
    )
    bank_holder = _brief(_("Account holder"), 70, _("Left empty, it is the legal name."))
    bank_iban = _brief(_("IBAN"), 42, _("Invoices and proformas ask for transfers to it."))
    bank_bic = _brief(_("BIC"), 14, _("Where the payer's bank is in another country."))
    payment_terms = forms.CharField(
        label=_("Payment terms"),
        max_length=500,
        required=False,
        widget=forms.Textarea(_LINES),
        help_text=_("Beside the due date, on what is to be paid."),
    )
    legal_text = forms.CharField(
        label=_("Text at the foot"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(_LINES),
        help_text=_("On every document, for instance seat, register and managing directors."),
    )

    def __init__(self, data: Any = None, *, stored: LegalIdentity) -> None:
        super().__init__(data, initial={name: getattr(stored, name) for name in self.base_fields})

    def moves_money(self) -> bool:
        """Return whether it names another bank account than before."""
        return self.is_bound and not {"bank_holder", "bank_iban", "bank_bic"}.isdisjoint(
            self.changed_data
        )

    def identity(self) -> LegalIdentity:
        """Return the company of a valid form."""
        clean = {
            name: str(value).replace("\r\n", "\n").strip()
            for name, value in self.cleaned_data.items()
        }
        return LegalIdentity(
            name=clean["name"],
            address=clean["address"],
            postcode=clean["postcode"],
            city=clean["city"],
            region=clean["region"].upper() if clean["country"] in {"US", "IN"} else clean["region"],
            country=clean["country"],
            tax_id=clean["tax_id"],
            registration_no=clean["registration_no"],
            bank_holder=clean["bank_holder"],
            bank_iban=clean["bank_iban"],
            bank_bic=clean["bank_bic"],
            payment_terms=clean["payment_terms"],
            legal_text=clean["legal_text"],
        )
