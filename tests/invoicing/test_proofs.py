"""Every fault that somebody with the database's keys can make is found, and named."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from tenants.models import Provider
from tests.cast import build_cast
from tests.invoicing.drafts import NOW, invoice
from tests.roles import as_role
from tests.superuser import damage

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.processes
SIDE = "WHERE source_id = 'one'"
ANOTHER_SERIES = """
INSERT INTO kernel_counter (provider_id, series, value)
SELECT provider_id, 'document/receipt/2026', 1 FROM kernel_counter LIMIT 1
"""


@pytest.fixture
def shelf(committed_db: str) -> Iterator[str]:
    """Return a database with three documents, a settlement and a credit note."""
    cast = build_cast()
    with as_role("worker"), provider_scope(cast.nimbus):
        Provider.objects.filter(pk=cast.nimbus).update(address="1 Way", country="US")
        ids = [
            issue_now(provider_id=cast.nimbus, draft=invoice(cast.acme, source), now=NOW)
            for source in ("one", "two")
        ]
        settle_document(
            provider_id=cast.nimbus,
            document_id=ids[1],
            amount=Money(100, "USD"),
            key="payment/1",
            now=NOW,
        )
        credit_invoice(
            provider_id=cast.nimbus,
            document_id=ids[1],
            reason="x",
            key="a",
            now=NOW,
            nets={1: 5},
        )
    with as_role("worker"):
        yield committed_db


def findings() -> list[str]:
    out = io.StringIO()
    with suppress(CommandError):
        call_command("verify_documents", "--provider", "nimbus", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["ok"] == (not found["findings"])
    return [finding["check"] for finding in found["findings"]]


@pytest.mark.parametrize(
    ("sql", "check"),
    [
        (f"UPDATE invoicing_document SET content = '{{}}' {SIDE}", "digest"),
        (f"UPDATE invoicing_document SET number = 'INV-2026-00009' {SIDE}", "digest"),
        (f"UPDATE invoicing_document SET issued_at = issued_at - interval '1 s' {SIDE}", "digest"),
        (
            f"UPDATE invoicing_document SET tax_minor = 2251, total_minor = 17252 {SIDE}",
            "sums",
        ),
        (f"UPDATE invoicing_document SET paid_minor = 5 {SIDE}", "settlements"),
        (f"UPDATE invoicing_document SET credited_minor = 5 {SIDE}", "credit_notes"),
        ("UPDATE invoicing_document_line SET name = 'Other' WHERE position = 1", "digest"),
        ("UPDATE invoicing_document_tax SET rate = 20 WHERE position = 1", "digest"),
        ("DELETE FROM invoicing_settlement", "settlements"),
        (f"DELETE FROM invoicing_document {SIDE}", "series"),
        ("UPDATE kernel_counter SET value = 7 WHERE series = 'document/invoice/2026'", "series"),
        (ANOTHER_SERIES, "counter"),
    ],
)
def test_a_change_is_found_and_named(shelf: str, sql: str, check: str) -> None:
    assert damage(shelf, sql) >= 1

    assert check in findings()


def test_nothing_is_found_where_nothing_is_wrong(shelf: str) -> None:
    assert findings() == []


def test_the_command_ends_with_the_first_fault(shelf: str) -> None:
    damage(shelf, "DELETE FROM invoicing_settlement")

    with pytest.raises(CommandError, match="settlements: INV-2026-00002"):
        call_command("verify_documents", stderr=io.StringIO())
