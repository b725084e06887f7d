"""Usage comes in over HTTP: one verdict per event, problems for whole calls."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from billing_platform.api import access
from billing_platform.api.access import Buckets
from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from tenants.services.suspension import suspend_by_hand
from tests.api.conftest import BATCH, SINGLE, ApiClient, key_of
from usage.models import UsageHour
from usage.services.meters import create_meter

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tests.cast import Cast


TIME = (datetime.now(UTC) - timedelta(minutes=10)).isoformat()


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    plain = {
        "specversion": "1.0",
        "id": f"e-{number}",
        "source": "switch",
        "type": "call",
        "tenant": "acme",
        "time": TIME,
        "data": {"quantity": "1.5"},
    }
    return {**plain, **changes}


@pytest.fixture(autouse=True)
def meter(cast: Cast) -> None:
    for provider_id in (cast.nimbus, cast.sonora):
        with provider_scope(provider_id):
            create_meter(
                provider_id=provider_id,
                code="calls",
                name="Calls",
                event_type="call",
                aggregation="sum",
                now=now(),
            )


def verdicts(response: HttpResponse) -> list[tuple[str | None, str, str | None]]:
    assert response.status_code == 200, response.content
    rows = response.json()["results"]  # type: ignore[attr-defined]
    return [(row["id"], row["verdict"], row["reason"]) for row in rows]


def problem(response: HttpResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()  # type: ignore[attr-defined]
    assert body["status"] == status
    return body


class TestEvents:
    def test_one_event(self, api: ApiClient) -> None:
        assert verdicts(api.post(event(), SINGLE)) == [("e-1", "accepted", None)]

    def test_a_batch_keeps_its_order(self, api: ApiClient, cast: Cast) -> None:
        body = [
            event(1),
            event(2, tenant="nobody"),
            event(1),
            event(3, data={"quantity": "NaN"}),
            7,
        ]

        assert verdicts(api.post(body)) == [
            ("e-1", "accepted", None),
            ("e-2", "parked", "unknown_tenant"),
            ("e-1", "duplicate", None),
            ("e-3", "rejected", "invalid_quantity"),
            (None, "rejected", "invalid_event"),
        ]
        with provider_scope(cast.nimbus):
            assert UsageHour.objects.get().quantity == 1.5

    def test_literals_that_are_no_numbers_lose_only_their_event(self, api: ApiClient) -> None:
        nan = b'{"id": "a", "specversion": "1.0", "data": {"quantity": NaN}}'
        long = b'{"id": "b", "data": {"quantity": ' + b"9" * 10_000 + b"}}"
        body = b"[" + nan + b", " + long + b"]"

        assert [row[1] for row in verdicts(api.post(body))] == ["rejected", "rejected"]

    def test_half_of_a_surrogate_pair_loses_only_its_event(self, api: ApiClient) -> None:
        body = ['"\\ud800"', '{"id": "\\udfff"}', json.dumps(event())]

        found = verdicts(api.post(f"[{', '.join(body)}]"))

        assert [row[1] for row in found] == ["rejected", "rejected", "accepted"]
        assert verdicts(api.post(body[0], SINGLE))[0][1] == "rejected"

    def test_an_empty_batch_has_no_results(self, api: ApiClient) -> None:
        assert verdicts(api.post([])) == []

    def test_a_thousand_events_are_taken(self, api: ApiClient) -> None:
        assert len(verdicts(api.post([event(n) for n in range(1_000)]))) == 1_000

    def test_a_start_in_spite_of_a_suspension_is_accepted_and_told(
        self, api: ApiClient, cast: Cast
    ) -> None:
        then = datetime.fromisoformat(TIME) - timedelta(minutes=1)
        with provider_scope(cast.nimbus):
            create_meter(
                provider_id=cast.nimbus,
                code="vm",
                name="VM",
                event_type="vm",
                aggregation="duration",
                now=now(),
            )
            suspend_by_hand(provider_id=cast.nimbus, tenant_id=cast.acme, note="", now=then)
        start = event(type="vm", subject="vm-1", data={"action": "start"})

        assert verdicts(api.post(start, SINGLE)) == [("e-1", "accepted", "started_while_suspended")]
        assert json.loads(api.get("/tenants/acme/entitlement").content)["may_create"] is False
        document = json.loads(api.get("/openapi.json").content)
        result = document["components"]["schemas"]["EventResult"]
        assert "started_while_suspended" in result["properties"]["reason"]["description"]

    def test_another_provider_counts_its_own(self, api: ApiClient, cast: Cast) -> None:
        other = ApiClient(key_of(cast.sonora))
        api.post([event()])

        assert verdicts(other.post([event()])) == [("e-1", "parked", "unknown_tenant")]
        assert verdicts(other.post([event(tenant="aria", id="x")])) == [("x", "accepted", None)]


class TestProblems:
    @pytest.mark.parametrize("key", ["", "bk_wrong", "bk_" + "x" * 43, "é" * 46])
    def test_a_bad_key_is_401(self, cast: Cast, key: str) -> None:
        client = ApiClient(key.encode().decode("latin-1"))

        assert problem(client.post([event()]), 401)["code"]

    @pytest.mark.parametrize("name", ["key", "api_key", "access_token", "token", "authorization"])
    def test_a_key_in_the_address_opens_nothing(self, cast: Cast, name: str) -> None:
        key = key_of(cast.nimbus)
        for value in (key, f"Bearer {key}"):
            path = f"/api/v1/events?{urlencode({name: value})}"
            answer: Any = Client().post(path, json.dumps([event()]), content_type=BATCH)
            assert problem(answer, 401)["code"] == "not_authenticated"
            assert key not in answer.content.decode()

    def test_a_key_without_the_scope_is_403(self, cast: Cast) -> None:
        client = ApiClient(key_of(cast.nimbus, scopes=["entitlement:read"]))

        problem(client.post([event()]), 403)

    @pytest.mark.parametrize(
        "content_type", ["application/json", "text/plain", "", f"{BATCH}; charset=latin-1"]
    )
    def test_another_form_is_415(self, api: ApiClient, content_type: str) -> None:
        problem(api.post("[]", content_type), 415)

    def test_a_compressed_body_is_415(self, api: ApiClient) -> None:
        problem(api.post("[]", **{"Content-Encoding": "gzip"}), 415)

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (" ", BATCH),
            ("{", BATCH),
            (b"\xff\xfe", BATCH),
            ("{}", BATCH),
            ("[]", SINGLE),
            ("[" * 100_000, BATCH),
        ],
    )
    def test_what_is_no_json_of_that_form_is_422(
        self, api: ApiClient, body: str | bytes, content_type: str
    ) -> None:
        problem(api.post(body, content_type), 422)

    def test_more_than_a_thousand_events_are_413(self, api: ApiClient) -> None:
        problem(api.post([{}] * 1_001), 413)

    def test_a_large_body_is_413(self, api: ApiClient) -> None:
        problem(api.post(" " * 3_000_000), 413)

    def test_a_body_without_a_length_is_411(self, api: ApiClient) -> None:
        problem(api.post("[]", **{"Transfer-Encoding": "chunked"}), 411)

    def test_another_method_is_405(self, api: ApiClient) -> None:
        response = api.get("/events")

        problem(response, 405)
        assert response.headers["Allow"] == "POST"

    def test_another_route_is_404(self, api: ApiClient) -> None:
        problem(api.get("/nothing"), 404)


class TestLimits:
    def test_a_fast_caller_is_slowed_down(
        self, api: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(access, "CALLS", Buckets(per_s=0, at_once=2))

        assert [api.post([]).status_code for _ in range(3)] == [200, 200, 429]

    def test_guessing_keys_is_slowed_down(
        self, cast: Cast, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(access, "REFUSALS", Buckets(per_s=0, at_once=2))
        guesses = [ApiClient("bk_" + "x" * 43).post([]) for _ in range(3)]

        assert guesses[0].status_code == 401
        assert guesses[-1].status_code == 429
        assert guesses[-1].headers["Retry-After"] == "60"

    def test_a_bucket_fills_again(self) -> None:
        buckets = Buckets(per_s=2, at_once=1)

        assert [buckets.take("a", at_us=us) for us in (0, 1, 499_999, 500_001)] == [
            True, False, False, True,
        ]  # fmt: skip
        assert buckets.take("b", at_us=0)


class TestDocs:
    def test_the_page_needs_no_key_and_no_script(self, db: None) -> None:
        response = Client().get("/api/v1/docs")

        assert response.status_code == 200
        body = response.content.decode()
        assert "POST /api/v1/events" in body
        assert "<script" not in body
        assert "style=" not in body

    def test_the_document_names_both_forms(self, db: None) -> None:
        schema = Client().get("/api/v1/openapi.json").json()

        assert set(schema["paths"]["/api/v1/events"]["post"]["requestBody"]["content"]) == {
            SINGLE,
            BATCH,
        }
