"""Forms of the operators' pages: they ask the services' rules, so that a refusal is words and not a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import DomainError
from tenants.enums import ProviderRole
from tenants.models import Host, Provider, ProviderMember, User
from tenants.selectors.hosts import provider_id_by_host
from tenants.services.hosts import check_host_name
from tenants.services.providers import check_time_zone

if TYPE_CHECKING:
    from collections.abc import Callable


def _checked(check: Callable[[str], object], value: str) -> str:
    try:
        check(value)
    except DomainError as error:
        raise ValidationError(error.message) from error
    return value


class ProviderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A provider; what it earns in and where its days begin cannot be changed later."""

    support_url = forms.URLField(required=False, assume_scheme="https")
    imprint_url = forms.URLField(required=False, assume_scheme="https")
    terms_url = forms.URLField(required=False, assume_scheme="https")
    privacy_url = forms.URLField(required=False, assume_scheme="https")

    class Meta:
        model = Provider
        exclude = ("created_at", "logo_light", "logo_dark")  # noqa: DJ006 (the admin decides what is shown)

    def clean_currency(self) -> str:
        """Refuse a code that is no currency."""
        return _checked(exponent, self.cleaned_data["currency"])

    def clean_time_zone(self) -> str:
        """Refuse a name that is no time zone."""
        return _checked(check_time_zone, self.cleaned_data["time_zone"])


class HostForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A host name."""

    class Meta:
        model = Host
        fields = ("provider", "name")

    def clean_name(self) -> str:
        """Return the name in small letters."""
        try:
            name = check_host_name(self.cleaned_data["name"])
        except DomainError as error:
            raise ValidationError(error.message) from error
        if provider_id_by_host(name) is not None:
            raise ValidationError("This host name shows a brand already.")
        return name


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A role in a provider; the last owner keeps it."""

    class Meta:
        model = ProviderMember
        fields = ("provider", "user", "role")

    def clean(self) -> dict[str, Any]:
        """Refuse to take the last owner's role away."""
        cleaned = super().clean() or self.cleaned_data
        row = self.instance
        if row.pk and cleaned.get("role") != ProviderRole.OWNER:
            others = ProviderMember.objects.filter(
                provider=row.provider_id, role=ProviderRole.OWNER
            )
            if not others.exclude(pk=row.pk).exists():
                raise ValidationError("At least one owner must remain.")
        return cleaned


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for type checkers only
    """A person; an operator is a superuser of the platform."""

    class Meta:
        model = User
        fields = ("email", "name", "is_active", "is_superuser", "is_staff")


class OpsLoginForm(AdminAuthenticationForm):
    """The operators' login: counted against guessing, and with the second factor of those who have one."""

    code = forms.CharField(
        label="Code of your authenticator app",
        required=False,
        max_length=6,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean(self) -> dict[str, Any]:
        """Check password and code; the refusal does not say which was wrong."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            # The adapter counts failures per address and network address, and refuses when there were too many.
            user = get_adapter(self.request).authenticate(
                self.request, email=email, password=password
            )
            if user is None or not self._has_factor(user):
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(user)
            self.user_cache = user
        return self.cleaned_data

    def _has_factor(self, user: User) -> bool:
        row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        return row is None or TOTP(row).validate_code(self.cleaned_data.get("code", ""))
