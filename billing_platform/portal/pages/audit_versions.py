"""Plans' versions that changed rows name, in words. Called by the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.audit_catalogue import versions_in
from usage.selectors.histories import version_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenants.selectors.changes import Change


def named_versions(provider_id: int, changes: Iterable[Change]) -> dict[int, str]:
    """Return the versions that changes name, before or after, by their ids; by one query.

    Args:
        provider_id: whose; its scope is open.
        changes: rows of any history.
    """
    named = {
        version_id
        for change in changes
        for content in (change.content, change.former)
        if content is not None
        for version_id in versions_in(change.kind, content)
    }
    words = _("%(plan)s, version %(number)s")
    return {
        version_id: words % {"plan": plan, "number": number}
        for version_id, (plan, number) in version_names(provider_id, named).items()
    }
