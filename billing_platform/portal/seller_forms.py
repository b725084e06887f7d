"""The form of a provider's company, as its documents name it; it checks shape, services check rules."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.tax_forms import CountryField
from invoicing.selectors.representatives import TaxRepresentative
from tenants.types import LegalIdentity

# Which field a refusal of the services belongs to.
SELLER_FIELDS: Final = {
    "invalid_name": "name",
    "invalid_country": "country",
    "invalid_region": "region",
    "invalid_iban": "bank_iban",
    "invalid_bic": "bank_bic",
    "invalid_number": "tax_id",
    "representative_part": "representative_name",
    "representative_number": "representative_number",
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

    representative_name = _brief(
        _("Name"), 200, _("Who owes your VAT in your place; left empty, nobody does.")
    )
    representative_address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    representative_country = CountryField(required=False)
    representative_number = _brief(_("VAT number"), 60)

    def __init__(
        self, data: Any = None, *, stored: LegalIdentity, representative: TaxRepresentative
    ) -> None:
        super().__init__(
            data,
            initial={
                **asdict(stored),
                **{
                    f"representative_{name}": value
                    for name, value in asdict(representative).items()
                },
            },
        )

    def moves_money(self) -> bool:
        """Return whether it names another bank account than before."""
        return self.is_bound and not {"bank_holder", "bank_iban", "bank_bic"}.isdisjoint(
            self.changed_data
        )

    def representative(self) -> TaxRepresentative:
        """Return the tax representative of a valid form."""
        clean = self._clean()
        return TaxRepresentative(
            name=clean["representative_name"],
            address=clean["representative_address"],
            country=clean["representative_country"],
            number=clean["representative_number"],
        )

    def _clean(self) -> dict[str, str]:
        return {
            name: str(value).replace("\r\n", "\n").strip()
            for name, value in self.cleaned_data.items()
        }

    def identity(self) -> LegalIdentity:
        """Return the company of a valid form."""
        clean = self._clean()
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
