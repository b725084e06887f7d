"""What operators of the platform do: make providers, hosts, owners and operators; revoke keys; read the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages

from billing_platform.kernel.clock import now
from billing_platform.kernel.read_only_admin import ReadOnlyAdmin, register_read_only
from tenants.models import (
    ApiKey,
    ApiKeyEvent,
    DefaultFilter,
    Hijack,
    Host,
    HostEvent,
    Invitation,
    Notice,
    Provider,
    ProviderEvent,
    ProviderMember,
    ProviderMemberEvent,
    SavedFilter,
    SettingEvent,
    SettingValue,
    Suspension,
    Tenant,
    TenantEvent,
    TenantMember,
    TenantMemberEvent,
    TenantProfile,
    TenantProfileEvent,
    User,
)
from tenants.ops_forms import HostForm, MemberForm, ProviderForm, UserForm
from tenants.services.api_keys import revoke_api_key
from tenants.services.hosts import admit_host
from tenants.services.members import add_member, change_role
from tenants.services.providers import create_provider
from tenants.services.users import ensure_user

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest

# Second factors' secrets and links that verify an address are nobody's to look at.
for _secret in (Authenticator, EmailConfirmation):
    if admin.site.is_registered(_secret):
        admin.site.unregister(_secret)

register_read_only(
    (
        ApiKeyEvent,
        DefaultFilter,
        Hijack,
        HostEvent,
        Notice,
        ProviderEvent,
        ProviderMemberEvent,
        SavedFilter,
        SettingEvent,
        SettingValue,
        Suspension,
        Tenant,
        TenantEvent,
        TenantMember,
        TenantMemberEvent,
        TenantProfile,
        TenantProfileEvent,
    )
)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited; the token's digest is nobody's business."""

    list_display = ("id", "provider", "tenant_id", "email", "role", "created_at", "closed_at")
    exclude = ("digest",)


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """Providers are made here or by the command, and never deleted."""

    form = ProviderForm
    list_display = ("slug", "name", "currency", "time_zone", "created_at")
    search_fields = ("slug", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Provider | None = None) -> Any:
        """Return what cannot be changed once a provider has begun to charge."""
        return ("slug", "currency", "time_zone", "created_at") if obj else ("created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def save_model(self, request: HttpRequest, obj: Provider, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Create through the service; change by the form."""
        if change:
            obj.save(update_fields=form.changed_data)
            return
        obj.pk = create_provider(
            slug=obj.slug,
            name=obj.name,
            currency=obj.currency,
            time_zone=obj.time_zone,
            suspension_enabled=True,
            now=now(),
        )
        obj.refresh_from_db()


@admin.register(Host)
class HostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """Host names, each for one provider; one that an operator adds needs no other proof."""

    form = HostForm
    list_display = ("name", "provider", "asked_at", "proved_at")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: a name that moves is removed and added."""
        return False

    def save_model(self, request: HttpRequest, obj: Host, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Add through the service."""
        admit_host(provider_id=obj.provider_id, name=obj.name, now=now())
        obj.pk = Host.objects.get(provider_id=obj.provider_id, name=obj.name).pk


@admin.register(ProviderMember)
class ProviderMemberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """The first owner of a provider is named here; owners invite everybody else."""

    form = MemberForm
    list_display = ("provider", "user", "role", "created_at")
    raw_id_fields = ("user",)

    def get_readonly_fields(self, request: HttpRequest, obj: ProviderMember | None = None) -> Any:
        """Return what cannot be changed later."""
        return ("provider", "user") if obj else ()

    def save_model(  # the signature is Django's
        self,
        request: HttpRequest,
        obj: ProviderMember,
        form: Any,
        change: bool,  # noqa: FBT001 (Django's)
    ) -> None:
        """Add or change through the service."""
        place = {"provider_id": obj.provider_id, "tenant_id": 0, "user_id": obj.user_id}
        if change:
            change_role(**place, role=obj.role)
            return
        add_member(**place, role=obj.role, now=now())
        obj.pk = ProviderMember.objects.get(provider_id=obj.provider_id, user_id=obj.user_id).pk


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys can be revoked and never read."""

    list_display = (
        "prefix",
        "provider",
        "name",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke the chosen keys", permissions=["view"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        """End keys at once."""
        ended = sum(
            revoke_api_key(provider_id=key.provider_id, key_id=key.pk, now=now()) for key in keys
        )
        self.message_user(request, f"{ended} keys are revoked.", messages.SUCCESS)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """People. A password is set by its owner, through the reset mail."""

    form = UserForm
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    search_fields = ("email", "name")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: a person who leaves is made inactive, the histories keep the name."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Return what cannot be changed later."""
        return ("email", "last_login", "date_joined") if obj else ("last_login", "date_joined")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Create through the service; change by the form."""
        if change:
            obj.save(update_fields=form.changed_data)
            return
        obj.pk = ensure_user(
            email=obj.email, name=obj.name, password=None, is_operator=obj.is_superuser
        )
        obj.refresh_from_db()
