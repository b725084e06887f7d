"""Numbers have no gaps and no doubles: with processes at once that roll back, and one that is killed."""

from __future__ import annotations

import signal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from invoicing.services.issuing import MARKERS, issue_now
from tenants.models import Provider
from tests.cast import build_cast
from tests.invoicing.drafts import NOW, invoice
from tests.roles import as_role
from tests.usage.faults.workers import start, together

if TYPE_CHECKING:
    from tests.cast import Cast

pytestmark = pytest.mark.processes
PROCESSES, EACH = 8, 10


@pytest.fixture
def people(committed_db: str) -> Cast:
    """Return the cast in a database that commits."""
    cast = build_cast()
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="US")
    return cast


def issue_many(cast: Cast, process: int) -> int:
    """Issue documents, a fifth of which are rolled back; return how many stay."""
    kept = 0
    for number in range(EACH):
        with transaction.atomic(), provider_scope(cast.nimbus):
            draft = invoice(cast.acme, f"{process}/{number}")
            issue_now(provider_id=cast.nimbus, draft=draft, now=NOW)
            is_kept = (process + number) % 5 > 0
            transaction.set_rollback(not is_kept)
        kept += is_kept
    return kept


def issue_one(cast: Cast) -> None:
    with provider_scope(cast.nimbus):
        issue_now(provider_id=cast.nimbus, draft=invoice(cast.acme), now=NOW)


def places(cast: Cast) -> list[int]:
    with as_role("worker"), provider_scope(cast.nimbus):
        rows = fetch_all("SELECT series_number FROM invoicing_document ORDER BY 1")
    return [place for (place,) in rows]


def test_many_processes_leave_no_gap(people: Cast) -> None:
    ended = together(*[partial(issue_many, people, process) for process in range(PROCESSES)])

    kept = sum(count for _, count in ended)
    assert [code for code, _ in ended] == [0] * PROCESSES
    assert kept == PROCESSES * EACH * 4 // 5
    assert places(people) == list(range(1, kept + 1))


@pytest.mark.parametrize("marker", MARKERS)
def test_a_killed_process_takes_its_number_with_it(people: Cast, marker: str) -> None:
    code, _ = start(partial(issue_one, people), kill_at=marker).wait()
    assert code == -signal.SIGKILL
    assert places(people) == []

    assert start(partial(issue_one, people)).wait()[0] == 0
    assert places(people) == [1]


def test_one_source_gets_one_document_from_two_processes(people: Cast) -> None:
    ended = together(*[partial(issue_one, people)] * 4)

    assert {code for code, _ in ended} == {0}
    assert places(people) == [1]
