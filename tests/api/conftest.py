"""A client that calls the API as provider Nimbus."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from billing_platform.api.access import CALLS, REFUSALS
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.api_keys import create_api_key

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.cast import Cast

BATCH = "application/cloudevents-batch+json"
SINGLE = "application/cloudevents+json"


@dataclass(frozen=True)
class ApiClient:
    """Calls with one key."""

    key: str

    def post(self, body: object, content_type: str = BATCH, **headers: str) -> HttpResponse:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return Client().post(
            "/api/v1/events",
            data,
            content_type=content_type,
            headers={**self._headers(), **headers},
        )  # type: ignore[return-value]

    def get(self, path: str) -> HttpResponse:
        return Client().get(f"/api/v1{path}", headers=self._headers())  # type: ignore[return-value]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@pytest.fixture(autouse=True)
def fresh_buckets() -> None:
    """Let every test call as if nobody had called before."""
    for buckets in (CALLS, REFUSALS):
        buckets.forget()


def key_of(provider_id: int, **options: Any) -> str:
    with provider_scope(provider_id):
        return create_api_key(provider_id=provider_id, now=now(), **options).raw


@pytest.fixture
def api(cast: Cast) -> ApiClient:
    return ApiClient(key_of(cast.nimbus))
