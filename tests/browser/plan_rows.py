"""A version of the demo's plan Flat to which its clients move with their next period.

Called by a process of its own, on the database of the demo that is looked at.
"""

from __future__ import annotations

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.models import User
from tenants.selectors.providers import provider_id_by_slug
from usage.enums import MoveStart, VersionState
from usage.selectors.catalogue import list_plans, plan_versions
from usage.services.drafts import copy_version
from usage.services.plan_moves import sell_version


def write() -> None:
    """Order the move; no job works it off while pages are looked at."""
    provider_id, moment = provider_id_by_slug("nimbus"), now()
    asked_by = User.objects.get(email="paula@nimbus.example").pk
    with provider_scope(provider_id):
        flat = next(row for row in list_plans(provider_id, now=moment) if row.code == "cloud-flat")
        version = next(
            row
            for row in plan_versions(provider_id, flat.id, now=moment)
            if row.state == VersionState.ACTIVE
        )
        draft = copy_version(provider_id=provider_id, version_id=version.id, now=moment)
        sell_version(
            provider_id=provider_id,
            version_id=draft,
            starts=MoveStart.PERIOD,
            key="seen",
            asked_by=asked_by,
            now=moment,
        )
