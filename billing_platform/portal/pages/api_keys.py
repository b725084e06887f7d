"""The page of a provider's API keys: which live, which ended, and the one that was made just now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from tenants.enums import KeyScope
from tenants.selectors.api_keys import list_api_keys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenants.types import ApiKeyView, NewApiKey

_CURL: Final = """curl {url} \\
  -H 'Authorization: Bearer {key}' \\
  -H 'Content-Type: application/cloudevents+json' \\
  -d '{{"specversion": "1.0", "id": "first-event", "source": "my-system", "type": "METER",
       "tenant": "CLIENT-ID", "subject": "resource-1", "time": "{time}", "data": {{"quantity": "1"}}}}'"""


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key; `state` is `active`, `expired` or `revoked`."""

    id: int
    name: str
    prefix: str
    scopes: Sequence[str]
    state: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def ask_id(self) -> str:
        """Return the id of the question before it is revoked."""
        return f"revoke-{self.id}"


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A key that is shown this once, with a call to try it by."""

    name: str
    raw: str
    curl: str


@dataclass(frozen=True, slots=True)
class ApiKeysPage:
    """Living keys first; `docs_url` describes the API."""

    living: Sequence[KeyLine]
    ended: Sequence[KeyLine]
    fresh: FreshKey | None
    docs_url: str
    zone: str


def api_keys_page(
    provider_id: int, *, zone: str, base_url: str, now: datetime, fresh: NewApiKey | None = None
) -> ApiKeysPage:
    """Return the page, by one query.

    Args:
        provider_id: whose; its scope is open.
        zone: the provider's time zone.
        base_url: scheme and host under which the provider is called, without a slash at the end.
        now: the present moment.
        fresh: the key that was made by this very request.
    """
    lines = [_line(key, now) for key in list_api_keys(provider_id)]
    return ApiKeysPage(
        living=[line for line in lines if line.state == "active"],
        ended=[line for line in lines if line.state != "active"],
        fresh=_fresh(fresh, base_url, now) if fresh else None,
        docs_url=reverse("api-docs"),
        zone=zone,
    )


def _line(key: ApiKeyView, now: datetime) -> KeyLine:
    state = "active"
    if key.revoked_at:
        state = "revoked"
    elif key.expires_at and key.expires_at <= now:
        state = "expired"
    return KeyLine(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        scopes=[str(KeyScope(scope).label) for scope in key.scopes],
        state=state,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        revoked_at=key.revoked_at,
    )


def _fresh(key: NewApiKey, base_url: str, now: datetime) -> FreshKey:
    url = f"{base_url}{reverse('api-v1:send_events')}"
    curl = _CURL.format(url=url, key=key.raw, time=now.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return FreshKey(name=key.name, raw=key.raw, curl=curl)
