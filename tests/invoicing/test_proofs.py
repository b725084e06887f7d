"""Every fault that somebody with the database's keys can make is found, and named."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing import migrations
from invoicing.selectors.consumer_days import ADD_CONSUMER_DAYS
from invoicing.selectors.tax_days import ADD_TAX_DAYS
from invoicing.services.crediting import credit_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from tenants.models import Provider
from tests.cast import build_cast
from tests.database import reached, undone
from tests.invoicing.drafts import NOW, invoice
from tests.invoicing.owing import TOTAL, Owed
from tests.roles import as_role, set_role
from tests.superuser import as_superuser, superuser_login

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

pytestmark = pytest.mark.superuser
SIDE = "WHERE source_id = 'one'"
ANOTHER_SERIES = """
INSERT INTO kernel_counter (provider_id, series, value)
SELECT provider_id, 'document/receipt/2026', 1 FROM kernel_counter LIMIT 1
"""
# What the migration adds up stands last in its file.
_SQL = Path(migrations.__file__).parent / "sql"
TAX_DAYS, CONSUMER_DAYS = (
    "INSERT" + (_SQL / name).read_text(encoding="utf-8").rpartition("\nINSERT")[2]
    for name in ("0013_tax_days.sql", "0015_consumer_days.sql")
)
# What was posted is changed behind the ledger's back, with its own guards off.
_ENTRY = "UPDATE accounts_entry e SET amount_minor = e.amount_minor + 1 FROM accounts_account a, accounts_posting p"
_OF = "WHERE a.id = e.account_id AND p.id = e.posting_id"
TAX = f"{_ENTRY} {_OF} AND a.kind = 'tax_payable'"
MOVED = f"{_ENTRY} {_OF} AND a.kind = 'receivable'"


@pytest.fixture(scope="module")
def kept_shelf(
    template_database: str, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Four invoices, a settlement, two credit notes and a write-off, in a database that the superuser may damage."""
    name = f"{connection.settings_dict['NAME']}_proofs"
    with django_db_blocker.unblock(), reached(template_database, name):  # type: ignore[attr-defined]
        fill(build_cast())
        with superuser_login():
            yield


@pytest.fixture
def shelf(kept_shelf: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The documents, for one test: whatever it does to them is undone."""
    with django_db_blocker.unblock(), undone():  # type: ignore[attr-defined]
        set_role("app")
        yield


def fill(cast: Cast) -> None:
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
        owed, lost = (Owed.open(cast.nimbus, cast.acme, name) for name in ("owed", "lost"))
        owed.correct("credit", 5350, {2: 5000})
        lost.correct("write_off", TOTAL, key="lost")
        credit_invoice(
            provider_id=cast.nimbus,
            document_id=ids[1],
            reason="x",
            key="a",
            now=NOW,
            nets={1: 5},
        )


def damage(sql: str) -> int:
    with as_superuser(replica=True), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)


def findings() -> list[str]:
    out = io.StringIO()
    with as_role("worker"), suppress(CommandError):
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
        (f"{TAX} AND p.kind = 'invoice' AND p.idempotency_key = 'invoice/owed'", "tax"),
        (f"{TAX} AND p.kind = 'credit_note'", "tax"),
        (f"{MOVED} AND p.kind = 'credit_note'", "note"),
        ("UPDATE invoicing_document SET posting_id = 9999 WHERE source_id = 'owed'", "posting"),
        ("UPDATE invoicing_tax_day SET tax_minor = tax_minor + 1 WHERE rate = 7", "tax_days"),
        ("DELETE FROM invoicing_tax_day WHERE kind = 'credit_note'", "tax_days"),
        ("UPDATE invoicing_tax_day SET day = day + 1", "tax_days"),
        ("UPDATE invoicing_consumer_day SET base_minor = base_minor + 1", "consumer_days"),
        ("DELETE FROM invoicing_consumer_day WHERE kind = 'credit_note'", "consumer_days"),
        ("UPDATE invoicing_consumer_day SET origin_quarter = '2025-10-01'", "consumer_days"),
        ("UPDATE invoicing_consumer_day SET seller_number = 'x'", "consumer_days"),
        ("DELETE FROM invoicing_correction WHERE kind = 'write_off'", "write_offs"),
        ("UPDATE invoicing_correction SET amount_minor = 5 WHERE kind = 'write_off'", "write_offs"),
        ("UPDATE invoicing_document SET state = 'sent' WHERE state = 'written_off'", "write_offs"),
    ],
)
def test_a_change_is_found_and_named(shelf: None, sql: str, check: str) -> None:
    assert damage(sql) >= 1

    assert check in findings()


def test_nothing_is_found_where_nothing_is_wrong(shelf: None) -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("table", "before"),
    [
        ("tax", TAX_DAYS),
        ("tax", ADD_TAX_DAYS),
        ("consumer", CONSUMER_DAYS),
        ("consumer", ADD_CONSUMER_DAYS),
    ],
    ids=["taxes", "taxes-benchmark", "consumers", "consumers-benchmark"],
)
def test_what_was_issued_before_is_added_up_as_by_the_trigger(
    shelf: None, table: str, before: str
) -> None:
    removed = damage(f"DELETE FROM invoicing_{table}_day")

    assert damage(before) == removed >= 3
    assert findings() == []


def test_the_command_ends_with_the_first_fault(shelf: None) -> None:
    damage("DELETE FROM invoicing_settlement")

    with as_role("worker"), pytest.raises(CommandError, match="settlements: INV-2026-00002"):
        call_command("verify_documents", stderr=io.StringIO())
