"""Who changed what of a provider's and a tenant's own data; see `billing_platform.kernel.histories`."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from tenants.models.api_key import ApiKey
from tenants.models.member import ProviderMember, TenantMember
from tenants.models.profile import TenantProfile
from tenants.models.provider import Host, Provider
from tenants.models.setting import SettingValue
from tenants.models.suspension import Suspension
from tenants.models.tenant import Tenant


class ProviderEvent(history_of(Provider)):  # type: ignore[misc]  # made by pghistory
    """A change of a provider; its column `id` is the provider's id."""

    class Meta:
        db_table = "tenants_provider_event"
        indexes = [models.Index(fields=["id", "pgh_id"], name="tenants_provider_event_own")]


class HostEvent(history_of(Host, without=["challenge", "asked_at", "checked_at", "outcome"])):  # type: ignore[misc]  # made by pghistory
    """A change of a host name; what DNS answers while it waits is none."""

    class Meta:
        db_table = "tenants_host_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_host_event_own")]


class TenantEvent(history_of(Tenant, without=["status", "epoch"])):  # type: ignore[misc]  # made by pghistory
    """A change of a tenant; its status is told by the suspensions."""

    class Meta:
        db_table = "tenants_tenant_event"
        indexes = [
            models.Index(fields=["provider", "id", "pgh_id"], name="tenants_tenant_event_own"),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"], name="tenants_tenant_event_at"
            ),
        ]


class ProviderMemberEvent(history_of(ProviderMember)):  # type: ignore[misc]  # made by pghistory
    """A change of a role in a provider."""

    class Meta:
        db_table = "tenants_provider_member_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_pmember_event_own")]


class TenantMemberEvent(history_of(TenantMember)):  # type: ignore[misc]  # made by pghistory
    """A change of a role in a tenant."""

    class Meta:
        db_table = "tenants_tenant_member_event"
        indexes = [
            models.Index(fields=["provider", "tenant", "pgh_id"], name="tenants_tmember_event_own"),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"], name="tenants_tmember_event_at"
            ),
        ]


class SettingEvent(history_of(SettingValue)):  # type: ignore[misc]  # made by pghistory
    """A change of a setting."""

    class Meta:
        db_table = "tenants_setting_event"
        indexes = [
            models.Index(fields=["provider", "name", "pgh_id"], name="tenants_setting_event_own")
        ]


class ApiKeyEvent(history_of(ApiKey, without=["digest", "last_used_at"])):  # type: ignore[misc]  # made by pghistory
    """A change of an API key; never its digest."""

    class Meta:
        db_table = "tenants_api_key_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_api_key_event_own")]


class TenantProfileEvent(history_of(TenantProfile)):  # type: ignore[misc]  # made by pghistory
    """A change of a tenant's company data."""

    class Meta:
        db_table = "tenants_tenant_profile_event"
        indexes = [
            models.Index(
                fields=["provider", "tenant", "pgh_id"], name="tenants_tprofile_event_own"
            ),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"], name="tenants_tprofile_event_at"
            ),
        ]


class SuspensionEvent(history_of(Suspension, by_people=True)):  # type: ignore[misc]  # made by pghistory
    """A suspension that a person began or lifted; the others tell their reason themselves."""

    class Meta:
        db_table = "tenants_suspension_event"
        indexes = [
            models.Index(
                fields=["provider", "tenant", "pgh_id"], name="tenants_suspension_event_own"
            ),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"],
                name="tenants_suspension_event_at",
            ),
        ]
