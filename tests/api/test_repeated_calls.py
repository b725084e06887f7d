"""`Idempotency-Key` on the API: the same request has one effect and one answer."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from billing_platform.kernel.idempotency import RequestKey
from billing_platform.kernel.models import IdempotencyRecord
from billing_platform.kernel.scope import provider_scope
from tests.api.conftest import SINGLE, ApiClient, key_of
from tests.api.test_events import event, meter, problem, verdicts
from tests.superuser import superuser_url

if TYPE_CHECKING:
    from tests.cast import Cast

__all__ = ["meter"]
KEY = {"Idempotency-Key": "batch-1"}


def stored(cast: Cast) -> int:
    with provider_scope(cast.nimbus):
        return IdempotencyRecord.objects.count()


class TestSameKey:
    def test_gets_the_same_answer_and_counts_once(self, api: ApiClient, cast: Cast) -> None:
        first: Any = api.post([event(1), event(2, tenant="nobody")], **KEY)
        again: Any = api.post([event(1), event(2, tenant="nobody")], **KEY)

        assert verdicts(first) == [("e-1", "accepted", None), ("e-2", "parked", "unknown_tenant")]
        assert again.content == first.content
        assert [each.headers.get("Idempotent-Replayed") for each in (first, again)] == [
            None,
            "true",
        ]
        assert stored(cast) == 1

    def test_with_another_body_is_refused(self, api: ApiClient) -> None:
        api.post([event(1)], **KEY)

        assert problem(api.post([event(2)], **KEY), 422)["code"] == "idempotency_key_reused"
        assert verdicts(api.post([event(2)])) == [("e-2", "accepted", None)]

    def test_of_another_provider_is_another_request(self, api: ApiClient, cast: Cast) -> None:
        other = ApiClient(key_of(cast.sonora))
        api.post([event(1)], **KEY)

        assert verdicts(other.post([event(1)], **KEY)) == [("e-1", "parked", "unknown_tenant")]

    def test_while_the_first_is_worked_on_is_asked_to_wait(
        self, api: ApiClient, cast: Cast
    ) -> None:
        at_work = RequestKey(provider_id=cast.nimbus, key="batch-1", request_hash="")
        with closing(psycopg2.connect(superuser_url(connection.settings_dict["NAME"]))) as first:
            first.cursor().execute("SELECT pg_advisory_xact_lock(%s)", [at_work.lock_number()])
            answer: Any = api.post([event(1)], **KEY)
            assert problem(answer, 409)["code"] == "request_still_running"
            assert answer.headers["Retry-After"] == "1"
            first.rollback()

        assert verdicts(api.post([event(1)], **KEY)) == [("e-1", "accepted", None)]

    def test_may_be_mended_while_it_was_refused(self, api: ApiClient) -> None:
        problem(api.post("[", **KEY), 422)

        assert verdicts(api.post([event(1)], **KEY)) == [("e-1", "accepted", None)]


class TestKeys:
    @pytest.mark.parametrize("key", ["", " ", "x" * 256, "a b", "ä"])
    def test_of_no_usable_shape_are_refused(self, api: ApiClient, key: str) -> None:
        answer = api.post([event(1)], **{"Idempotency-Key": key})

        assert problem(answer, 400)["code"] == "idempotency_key_invalid"

    def test_are_not_needed_and_nothing_is_kept_without_one(
        self, api: ApiClient, cast: Cast
    ) -> None:
        assert verdicts(api.post(event(1), SINGLE)) == [("e-1", "accepted", None)]
        assert verdicts(api.post(event(1), SINGLE)) == [("e-1", "duplicate", None)]
        assert stored(cast) == 0

    def test_are_documented(self, db: None) -> None:
        operation = Client().get("/api/v1/openapi.json").json()["paths"]["/api/v1/events"]["post"]

        assert [each["name"] for each in operation["parameters"]] == ["Idempotency-Key"]
        assert {"400", "409", "422"} <= set(operation["responses"])
        assert "Idempotency-Key" in Client().get("/api/v1/docs").content.decode()
