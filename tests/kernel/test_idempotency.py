"""A request with a key is worked on once, and its answer is given again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory

from billing_platform.kernel.counters import next_number
from billing_platform.kernel.idempotency import (
    InvalidKeyError,
    KeyReusedError,
    StillRunningError,
    answer_once,
    forget_answers,
)
from billing_platform.kernel.models import IdempotencyRecord
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.kernel.races import die, in_killed_process, in_threads
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def post(
    body: str = '{"amount": 1}', key: str | None = "k-1", path: str = "/api/v1/topups"
) -> HttpRequest:
    headers = {} if key is None else {"Idempotency-Key": key}
    return RequestFactory().post(path, body, content_type="application/json", headers=headers)


def count_up() -> HttpResponse:
    """Do work that shows how often it was done."""
    with provider_scope(1):
        number = next_number(provider_id=1, series="work")
    return JsonResponse({"number": number}, status=201)


def answer(
    request: HttpRequest | None = None, respond: Callable[[], HttpResponse] = count_up, **more: Any
) -> HttpResponse:
    return answer_once(
        request or post(), **{"provider_id": 1, "now": NOW, "respond": respond, **more}
    )


@pytest.mark.django_db
class TestAnswerOnce:
    def test_a_repetition_gets_the_same_words(self) -> None:
        first, second = answer(), answer()

        assert first.content == second.content == b'{"number": 1}'
        assert second.status_code == 201
        assert second.headers["Content-Type"] == "application/json"
        assert second.headers["Idempotent-Replayed"] == "true"
        assert "Idempotent-Replayed" not in first.headers

    def test_without_a_key_each_is_worked_on(self) -> None:
        assert answer(post(key=None)).content == b'{"number": 1}'
        assert answer(post(key=None)).content == b'{"number": 2}'

    @pytest.mark.parametrize("other", [post('{"amount": 2}'), post(path="/api/v1/refunds")])
    def test_a_key_is_not_for_another_request(self, other: HttpRequest) -> None:
        answer()

        with pytest.raises(KeyReusedError) as refusal:
            answer(other)
        assert refusal.value.http_status == 422

    def test_each_provider_and_tenant_has_its_own_keys(self) -> None:
        answer()

        assert answer(provider_id=2).content == b'{"number": 2}'
        assert answer(tenant_id=7).content == b'{"number": 3}'

    def test_it_works_inside_a_tenant_s_scope(self) -> None:
        def in_scope() -> HttpResponse:
            with tenant_scope(1, 7):
                return answer(tenant_id=7)

        assert in_scope().content == in_scope().content

    @pytest.mark.parametrize("status", [400, 409, 500])
    def test_a_refusal_is_not_kept(self, status: int) -> None:
        refused = answer(respond=lambda: HttpResponse(status=status))

        assert refused.status_code == status
        assert answer(post('{"amount": 2}')).status_code == 201

    def test_a_failure_leaves_nothing_behind(self) -> None:
        def fail() -> HttpResponse:
            count_up()
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            answer(respond=fail)

        assert answer().content == b'{"number": 1}'

    @pytest.mark.parametrize("key", ["", "x" * 256, "a b", "a\tb", "schlüssel"])
    def test_a_key_has_a_shape(self, key: str) -> None:
        with pytest.raises(InvalidKeyError):
            answer(post(key=key))


class TestRaces:
    def test_a_repetition_meanwhile_is_told_to_wait(self, committed_db: str) -> None:
        working, refused = threading.Event(), threading.Event()

        def respond_slowly() -> HttpResponse:
            working.set()
            assert refused.wait(10)
            return count_up()

        def work(_: int) -> int:
            return answer(respond=respond_slowly).status_code

        def repeat(_: int) -> int:
            assert working.wait(10)
            with pytest.raises(StillRunningError) as refusal:
                answer()
            refused.set()
            assert refusal.value.retry_after_s == 1
            return refusal.value.http_status

        assert in_threads(lambda part: part(0), [work, repeat], role="app") == [201, 409]
        assert answer().content == b'{"number": 1}'

    def test_many_at_once_do_the_work_once(self, committed_db: str) -> None:
        def ask(_: int) -> bytes:
            while True:
                try:
                    return answer().content
                except StillRunningError:
                    continue

        assert set(in_threads(ask, range(8), role="app")) == {b'{"number": 1}'}

    def test_a_killed_process_frees_its_key(self, committed_db: str) -> None:
        def work_and_die() -> None:
            with transaction.atomic():
                answer()
                die()

        in_killed_process(work_and_die, role="app")

        assert answer().content == b'{"number": 1}'


@pytest.mark.django_db
class TestForgetAnswers:
    def test_it_drops_old_ones(self) -> None:
        answer()

        with as_role("worker"):
            assert forget_answers(before=NOW) == 0
            assert forget_answers(before=NOW + timedelta(seconds=1)) == 1
        assert answer().content == b'{"number": 2}'


@pytest.mark.django_db
class TestTable:
    @pytest.mark.parametrize(
        ("values", "constraint"),
        [({"key": "k-1"}, "key"), ({"status": 400}, "status"), ({"status": 100}, "status")],
    )
    def test_the_database_refuses_a_wrong_answer(
        self, values: dict[str, Any], constraint: str
    ) -> None:
        answer()
        row = {"provider_id": 1, "key": "k-2", "status": 200, "body": "", "created_at": NOW}

        with (
            pytest.raises(IntegrityError, match=f"kernel_idempotency_{constraint}"),
            provider_scope(1),
        ):
            IdempotencyRecord.objects.create(**{**row, **values})

    def test_a_tenant_s_answers_are_hidden_from_another(self) -> None:
        answer(tenant_id=7)

        with tenant_scope(1, 8):
            assert not IdempotencyRecord.objects.exists()
        with tenant_scope(1, 7):
            assert IdempotencyRecord.objects.count() == 1
