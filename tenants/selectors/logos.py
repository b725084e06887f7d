"""Read the picture of a provider's logo."""

from __future__ import annotations

from tenants.models import Logo


def logo_content(provider_id: int, name: str) -> bytes | None:
    """Return a logo's PNG file, or None where this provider has none of this name.

    Args:
        provider_id: whose; its scope, or one of its tenants', is open.
        name: what the provider's row calls it.
    """
    row = Logo.objects.filter(provider_id=provider_id, name=name).only("content").first()
    return None if row is None else bytes(row.content)
