"""The form of a tenant's own profile; it checks shape, the service checks rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tenants.types import TenantProfileView

if TYPE_CHECKING:
    from tenants.types import TenantView

# Which field a refusal of the service belongs to.
PROFILE_FIELDS: Final = {
    "invalid_name": "name",
    "unknown_time_zone": "time_zone",
    "unknown_language": "language",
    "invalid_country": "country",
    "invalid_email": "billing_emails",
    "too_many_emails": "billing_emails",
}


class CompanyForm(forms.Form):
    """Company, billing addresses and language: what the provider's people change for a client."""

    legal_name = forms.CharField(
        label=_("Legal name"), max_length=200, required=False, help_text=_("As documents name it.")
    )
    address = forms.CharField(
        label=_("Address"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Two letters, for instance DE."),
    )
    billing_emails = forms.CharField(
        label=_("Billing addresses"),
        max_length=3000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "One e-mail address per line, 10 at most. They get documents and the mails about a low balance and"
            " about suspension, besides those who administer the company."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), help_text=_("Of mails and documents."))

    def __init__(self, data: Any = None, *, tenant: TenantView, profile: TenantProfileView) -> None:
        super().__init__(data, initial=_initial(tenant, profile))
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)  # noqa: S101 (declared above)
        known = {tenant.language: tenant.language, **dict(settings.LANGUAGES)}
        language.choices = list(known.items())

    def clean_country(self) -> str:
        """Return the country in capital letters."""
        return str(self.cleaned_data["country"]).upper()

    def profile(self) -> TenantProfileView:
        """Return the company data of a valid form."""
        clean = self.cleaned_data
        lines = clean["billing_emails"].replace(",", "\n").splitlines()
        return TenantProfileView(
            legal_name=clean["legal_name"],
            address=clean["address"].replace("\r\n", "\n"),
            country=clean["country"],
            billing_emails=tuple(line.strip() for line in lines if line.strip()),
        )


class ProfileForm(CompanyForm):
    """What a tenant's admins change of their own: name and time zone too."""

    field_order = ("name",)

    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("How the portal and mails call the company.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
        help_text=_(
            "Days and hours are shown in it at once; billing periods follow from the next one on."
        ),
    )


def _initial(tenant: TenantView, profile: TenantProfileView) -> dict[str, str]:
    return {
        "name": tenant.name,
        "legal_name": profile.legal_name,
        "address": profile.address,
        "country": profile.country,
        "billing_emails": "\n".join(profile.billing_emails),
        "language": tenant.language,
        "time_zone": tenant.time_zone,
    }
