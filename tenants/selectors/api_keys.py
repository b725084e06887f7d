"""List a provider's API keys."""

from __future__ import annotations

from tenants.models import ApiKey
from tenants.types import ApiKeyView


def list_api_keys(provider_id: int, *, name: str = "") -> list[ApiKeyView]:
    """Return a provider's keys, newest first, revoked ones too.

    Args:
        provider_id: whose; its scope is open.
        name: only keys of this name; empty for all.
    """
    rows = ApiKey.objects.filter(provider_id=provider_id).order_by("-pk")
    if name:
        rows = rows.filter(name=name)
    return [
        ApiKeyView(
            row.pk,
            row.name,
            row.prefix,
            tuple(row.scopes),
            row.created_at,
            row.expires_at,
            row.last_used_at,
            row.revoked_at,
        )
        for row in rows
    ]
