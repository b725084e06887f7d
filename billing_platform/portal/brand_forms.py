"""Forms of the brand page: they check shape; services check rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.errors import DomainError
from billing_platform.portal.brand_colors import parse_hex, to_hex
from tenants.services.hosts import check_host_name
from tenants.services.logos import MAX_UPLOAD_BYTES

if TYPE_CHECKING:
    from tenants.types import ProviderView

_ACCEPT: Final = "image/png,image/jpeg,image/webp"
_LEGAL: Final = ("imprint_url", "terms_url", "privacy_url")
_TEXT: Final = ("name", "sender_name", "sender_email", "support_url", *_LEGAL)
_URL_MAX: Final = 200


class BrandForm(forms.Form):
    """How a provider looks and signs."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        help_text=_("Beside your mark, in titles and at the end of mails."),
    )
    brand_color = forms.CharField(
        label=_("Colour"),
        max_length=7,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Six digits like #1f5eff. Text on it and links are worked out so that they can be read."
        ),
    )
    sender_name = forms.CharField(
        label=_("Sender's name"),
        max_length=200,
        required=False,
        help_text=_("On mails. Left empty, it is the name above."),
    )
    sender_email = forms.EmailField(
        label=_("Sender's address"),
        required=False,
        help_text=_(
            "Mails come from it, and answers go to it. Its domain must let this installation send (SPF, DKIM)."
        ),
    )
    support_url = forms.URLField(
        label=_("Support page"),
        required=False,
        assume_scheme="https",
        max_length=_URL_MAX,
        help_text=_("Where your customers find help; linked on their pages."),
    )
    imprint_url = forms.URLField(
        label=_("Imprint"), required=False, assume_scheme="https", max_length=_URL_MAX
    )
    terms_url = forms.URLField(
        label=_("Terms"), required=False, assume_scheme="https", max_length=_URL_MAX
    )
    privacy_url = forms.URLField(
        label=_("Privacy"), required=False, assume_scheme="https", max_length=_URL_MAX
    )

    def __init__(self, data: Any = None, *, provider: ProviderView) -> None:
        first = {field: getattr(provider, field) for field in (*_TEXT, "brand_color")}
        super().__init__(data, initial=first)

    def clean_brand_color(self) -> str:
        """Return the colour as it is stored."""
        try:
            return to_hex(parse_hex(self.cleaned_data["brand_color"]))
        except ValueError as error:
            raise ValidationError(_("A colour is six digits like #1f5eff.")) from error

    def clean_support_url(self) -> str:
        """Return the address; a page of another kind than a web page is none."""
        url = str(self.cleaned_data["support_url"])
        if url and urlsplit(url).scheme not in {"http", "https"}:
            raise ValidationError(_("Write the address of a web page."))
        return url

    def clean(self) -> dict[str, Any]:
        """Refuse a line break in a name, which no header of a mail can hold, and a legal page without https."""
        cleaned = super().clean() or self.cleaned_data
        for name in _LEGAL:
            if urlsplit(cleaned.get(name) or "https:").scheme != "https":
                words = _("Write the address of a web page that begins with https://.")
                self.add_error(name, words)
        sender = cleaned.get("sender_name", "")
        if any(sign in sender for sign in "\r\n"):
            self.add_error("sender_name", _("A name is one line."))
        return cleaned


class LogoForm(forms.Form):
    """Logos that are to be shown; the service looks into them."""

    light = forms.FileField(
        label=_("Logo on light pages"),
        required=False,
        widget=forms.FileInput({"accept": _ACCEPT}),
        help_text=_("PNG, JPEG or WebP, at most 1 MB. It is made at most 144 pixels high."),
    )
    dark = forms.FileField(
        label=_("Logo on dark pages"),
        required=False,
        widget=forms.FileInput({"accept": _ACCEPT}),
        help_text=_("Left empty, one logo is shown on both."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a form without a file, and files too large to be read into memory."""
        cleaned = super().clean() or self.cleaned_data
        given = [name for name in ("light", "dark") if cleaned.get(name)]
        if not given and not self.errors:
            raise ValidationError(_("Choose a picture first."))
        for name in given:
            if cleaned[name].size > MAX_UPLOAD_BYTES:
                self.add_error(name, _("A logo has at most 1 MB."))
        return cleaned


class HostForm(forms.Form):
    """A host name that is to show the brand."""

    name = forms.CharField(
        label=_("Host name"),
        max_length=260,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "For instance billing.example.com, without https://. Its DNS must lead here, and whoever runs this"
            " installation must admit it. It shows your brand once a record in its DNS proves that it is yours."
        ),
    )

    def clean_name(self) -> str:
        """Return a whole host name that is no network address and not the installation's own."""
        try:
            name = check_host_name(self.cleaned_data["name"])
        except DomainError as error:
            raise ValidationError(error.message) from error
        last = name.rpartition(".")[2]
        if "." not in name or last.isdigit():
            raise ValidationError(_("Write a whole host name, for instance billing.example.com."))
        return name
