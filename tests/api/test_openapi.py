"""Whatever fits or breaks the OpenAPI document is answered as the document says, and never by a fault of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core import signals
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from billing_platform.api import access
from billing_platform.api.access import Buckets
from billing_platform.wsgi import application
from tests.api.conftest import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

# Not among them: that bad input is refused as a whole. Here each event of a batch has its own verdict.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Keep the test's connection: the real entry point closes it after each call, as Django's test client does not."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.fixture
def key(cast: Cast, one_connection: None, monkeypatch: pytest.MonkeyPatch) -> str:
    generous = Buckets(per_s=10_000, at_once=100_000)
    monkeypatch.setattr(access, "CALLS", generous)
    monkeypatch.setattr(access, "REFUSALS", generous)
    return key_of(cast.nimbus)


@schema.parametrize()
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_it_answers_as_documented(case: schemathesis.Case[Any], key: str) -> None:
    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {key}"})
