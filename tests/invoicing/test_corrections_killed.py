"""kill -9 in the middle of a credit note, and two persons at once: all of it happens once, or nothing."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.scope import provider_scope
from invoicing.models import Correction, Document
from invoicing.selectors.proofs import document_faults
from invoicing.services.issuing import MARKERS
from tenants.models import Provider
from tests.cast import build_cast
from tests.invoicing.owing import TOTAL, Owed
from tests.roles import set_role
from tests.usage.faults.workers import start, together

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.processes


def test_killed_or_by_two_at_once_it_is_made_once(committed_db: str) -> None:
    set_role("worker")
    cast = build_cast()
    with provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="US")
        first = Owed.open(cast.nimbus, cast.acme, "one")
        second = Owed.open(cast.nimbus, cast.acme, "two")

    def correct(owed: Owed, kind: str, user_id: int) -> Callable[[], str]:
        def work() -> str:
            with provider_scope(cast.nimbus):
                try:
                    return owed.correct(kind, TOTAL, key=f"{kind}-{user_id}", user_id=user_id)
                except DomainError as error:
                    return error.code

        return work

    code, _ = start(correct(first, "credit", 1), kill_at=MARKERS[0]).wait()
    set_role("worker")
    assert code == -signal.SIGKILL
    with provider_scope(cast.nimbus):
        assert not Correction.objects.exists()
        assert first.books()["receivable"] == -2 * TOTAL
    assert correct(first, "credit", 1)() == "made"

    answers = [
        one
        for _code, one in together(correct(second, "write_off", 1), correct(second, "credit", 2))
    ]
    set_role("worker")

    assert answers.count("made") == 1
    (other,) = (answer for answer in answers if answer != "made")
    assert other in {"is_written_off", "nothing_open"}
    with provider_scope(cast.nimbus):
        assert "receivable" not in first.books()
        assert Document.objects.filter(kind="invoice", state__in=["sent"]).count() == 0
        assert list(document_faults(cast.nimbus)) == []
