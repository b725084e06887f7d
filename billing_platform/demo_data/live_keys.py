"""The API keys with which the demo's live generator posts: made anew at each start, when the old ones end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.api_keys import list_api_keys
from tenants.selectors.providers import provider_id_by_slug
from tenants.services.api_keys import create_api_key, revoke_api_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LIVE_KEY_NAME: Final = "live usage"


def renew_live_keys(*, now: datetime) -> Mapping[str, str]:
    """Make a key for each provider of the demo and end those of earlier starts.

    Args:
        now: the moment of the change-over.

    Returns:
        The keys' texts by provider; they stand nowhere else.

    Raises:
        ProviderNotFoundError: the demo's data was not made.

    Idempotency: none; each call ends what the one before it made.
    """
    return {row.slug: _renew(provider_id_by_slug(row.slug), now) for row in PROVIDERS}


def _renew(provider_id: int, now: datetime) -> str:
    # One transaction: there is a key at any moment, the old one or the new one.
    with provider_scope(provider_id):
        for key in list_api_keys(provider_id, name=LIVE_KEY_NAME):
            if key.revoked_at is None:
                revoke_api_key(provider_id=provider_id, key_id=key.id, now=now)
        return create_api_key(provider_id=provider_id, name=LIVE_KEY_NAME, now=now).raw
