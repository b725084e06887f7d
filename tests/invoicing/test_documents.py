"""Documents are found by their number, and counted when they are late."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import provider_scope
from invoicing.selectors import document_counts
from invoicing.selectors.documents import DocumentQuery, documents_by_number
from invoicing.selectors.waiting import count_overdue
from invoicing.services.issuing import issue_now
from tests.invoicing.drafts import NOW, TODAY, invoice, stored

if TYPE_CHECKING:
    from invoicing.models import Document
    from tests.cast import Cast


@pytest.fixture
def issued(cast: Cast, seller: int) -> Document:
    """Return Acme's invoice, sent today."""
    with provider_scope(seller):
        return stored(issue_now(provider_id=seller, draft=invoice(cast.acme), now=NOW))


class TestByNumber:
    def test_is_found_whole_and_in_small_letters(self, cast: Cast, issued: Document) -> None:
        with provider_scope(cast.nimbus):
            for word in (issued.number, issued.number.lower()):
                (found,) = documents_by_number(cast.nimbus, word, today=TODAY)
                assert found.public_id == issued.public_id

    def test_is_not_found_by_a_part_or_by_another_client(
        self, cast: Cast, issued: Document
    ) -> None:
        with provider_scope(cast.nimbus):
            for word in ("", issued.number[:-1]):
                assert documents_by_number(cast.nimbus, word, today=TODAY) == []
            mine = documents_by_number(
                cast.nimbus, issued.number, today=TODAY, tenant_id=cast.globex
            )
            assert mine == []


class TestOverdue:
    def test_counts_from_the_day_after_it_was_due(self, cast: Cast, issued: Document) -> None:
        assert issued.due_on is not None
        with provider_scope(cast.nimbus):
            assert count_overdue(cast.nimbus, today=issued.due_on) == 0
            assert count_overdue(cast.nimbus, today=issued.due_on + timedelta(days=1)) == 1

    def test_stays_counted_behind_more_than_are_counted(
        self, cast: Cast, issued: Document, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert issued.due_on is not None
        monkeypatch.setattr(document_counts, "COUNT_CAP", 1)
        with provider_scope(cast.nimbus):
            for source in ("two", "three"):
                draft = invoice(cast.acme, source)
                issue_now(provider_id=cast.nimbus, draft=draft, now=NOW + timedelta(days=10))
            with CaptureQueriesContext(connection) as asked:
                found = document_counts.count_by_status(
                    cast.nimbus, DocumentQuery(), today=issued.due_on + timedelta(days=1)
                )

        # By the index of what is owed, and not past all that is paid.
        assert ['"due_on" DESC' in query["sql"] for query in asked] == [True, True, False]
        assert found.counts == {"overdue": 1, "sent": 2}
        assert found.capped == {"sent", "partially_paid"}
