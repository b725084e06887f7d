"""The form of a customer's name and address, as documents and tax need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.tax_forms import REGION_HELP, CountryField
from tax.types import TaxAddress

if TYPE_CHECKING:
    from tax.types import TaxProfileView
    from tenants.types import TenantProfileView


class AddressForm(forms.Form):
    """Name and address as documents and tax need them."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=200, required=False)
    street = forms.CharField(
        label=_("Street and number"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=16, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    region = forms.CharField(
        label=_("State or region"), max_length=40, required=False, help_text=REGION_HELP
    )
    country = CountryField(required=False)
    delivery = forms.CharField(
        label=_("Address of delivery"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Only where it is another one."),
    )
    delivery_region = forms.CharField(
        label=_("State of delivery"), max_length=40, required=False, help_text=REGION_HELP
    )

    def address(self) -> TaxAddress:
        """Return the address of a valid form."""
        clean = self.cleaned_data
        return TaxAddress(
            country=clean["country"],
            region=self._state("region"),
            postcode=clean["postcode"].strip(),
            city=clean["city"].strip(),
            delivery=self._lines("delivery"),
            delivery_region=self._state("delivery_region"),
        )

    def street_lines(self) -> str:
        """Return the lines of the street."""
        return self._lines("street")

    def _lines(self, name: str) -> str:
        return str(self.cleaned_data[name]).replace("\r\n", "\n").strip()

    def _state(self, name: str) -> str:
        state = str(self.cleaned_data[name]).strip()
        return state.upper() if self.cleaned_data["country"] in {"US", "IN"} else state


def address_values(company: TenantProfileView, profile: TaxProfileView) -> dict[str, str]:
    """Return what a form of the address begins with.

    Args:
        company: what the customer says of itself.
        profile: what is known for tax.
    """
    address = profile.address
    return {
        "legal_name": company.legal_name,
        "street": company.address,
        "postcode": address.postcode,
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "delivery": address.delivery,
        "delivery_region": address.delivery_region,
    }
