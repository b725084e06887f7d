"""Forms of people: they check shape; services check rules."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.enums import ProviderRole, TenantRole


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, data: object = None, *, is_provider: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]  # a query dictionary or None
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)  # noqa: S101 (declared above)
        role.choices = ProviderRole.choices if is_provider else TenantRole.choices


class NewLoginForm(forms.Form):
    """The name and password of a person who was invited."""

    name = forms.CharField(
        label=_("Your name"), max_length=200, widget=forms.TextInput({"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, not a common one."),
    )
