"""Who changed what: rows that triggers write for every change of a provider's and a tenant's own data.

The database keeps the changes also of writers that go around the models. New rows are only kept when a person's
request made them, so that importing a million tenants costs nothing more; changes and removals are always kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.db import models

from tenants.models.api_key import ApiKey
from tenants.models.member import ProviderMember, TenantMember
from tenants.models.profile import TenantProfile
from tenants.models.provider import Host, Provider
from tenants.models.setting import SettingValue
from tenants.models.suspension import Suspension
from tenants.models.tenant import Tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

_BY_A_PERSON = "current_setting('pghistory.context_metadata', true) <> ''"


def _events(
    model: type[models.Model], *, without: Sequence[str] = (), by_people: bool = False
) -> Any:
    """Return the abstract event model of a table.

    Args:
        model: whose changes are kept.
        without: columns that machines write often, or that nobody should read again.
        by_people: keep only what a person's request changed, of rows that machines write by the thousand.
    """
    by_a_person = pgtrigger.Condition(_BY_A_PERSON)
    any_change = pghistory.AnyChange(exclude=list(without))
    return pghistory.create_event_model(
        model,
        pghistory.InsertEvent(condition=by_a_person),
        pghistory.UpdateEvent(condition=by_a_person if by_people else any_change),
        pghistory.DeleteEvent(),
        exclude=list(without),
        obj_field=pghistory.ObjForeignKey(related_name="+", db_index=False),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # None leaves the column out
        append_only=True,
    )


class ProviderEvent(_events(Provider)):  # type: ignore[misc]  # made by pghistory
    """A change of a provider; its column `id` is the provider's id."""

    class Meta:
        db_table = "tenants_provider_event"
        indexes = [models.Index(fields=["id", "pgh_id"], name="tenants_provider_event_own")]


class HostEvent(_events(Host, without=["challenge", "asked_at", "checked_at", "outcome"])):  # type: ignore[misc]  # made by pghistory
    """A change of a host name; what DNS answers while it waits is none."""

    class Meta:
        db_table = "tenants_host_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_host_event_own")]


class TenantEvent(_events(Tenant, without=["status", "epoch"])):  # type: ignore[misc]  # made by pghistory
    """A change of a tenant; its status is told by the suspensions."""

    class Meta:
        db_table = "tenants_tenant_event"
        indexes = [
            models.Index(fields=["provider", "id", "pgh_id"], name="tenants_tenant_event_own"),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"], name="tenants_tenant_event_at"
            ),
        ]


class ProviderMemberEvent(_events(ProviderMember)):  # type: ignore[misc]  # made by pghistory
    """A change of a role in a provider."""

    class Meta:
        db_table = "tenants_provider_member_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_pmember_event_own")]


class TenantMemberEvent(_events(TenantMember)):  # type: ignore[misc]  # made by pghistory
    """A change of a role in a tenant."""

    class Meta:
        db_table = "tenants_tenant_member_event"
        indexes = [
            models.Index(fields=["provider", "tenant", "pgh_id"], name="tenants_tmember_event_own"),
            models.Index(
                fields=["provider", "-pgh_created_at", "-pgh_id"], name="tenants_tmember_event_at"
            ),
        ]


class SettingEvent(_events(SettingValue)):  # type: ignore[misc]  # made by pghistory
    """A change of a setting."""

    class Meta:
        db_table = "tenants_setting_event"
        indexes = [
            models.Index(fields=["provider", "name", "pgh_id"], name="tenants_setting_event_own")
        ]


class ApiKeyEvent(_events(ApiKey, without=["digest", "last_used_at"])):  # type: ignore[misc]  # made by pghistory
    """A change of an API key; never its digest."""

    class Meta:
        db_table = "tenants_api_key_event"
        indexes = [models.Index(fields=["provider", "pgh_id"], name="tenants_api_key_event_own")]


class TenantProfileEvent(_events(TenantProfile)):  # type: ignore[misc]  # made by pghistory
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


class SuspensionEvent(_events(Suspension, by_people=True)):  # type: ignore[misc]  # made by pghistory
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
