"""The check of entries whose wallets lie far apart: no range of ids is read, each is looked up by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.services.wallets import open_wallet
from billing_platform.kernel.rows import fetch_all, fetch_one
from tenants.services.tenants import create_tenant
from tests.accounts.books import NOW, Books, open_books
from tests.accounts.models.test_refusals import POSTING
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

SKIP = (
    "SELECT nextval(pg_get_serial_sequence('accounts_account', 'id')) FROM generate_series(1, 100)"
)
PAIR = (
    "INSERT INTO accounts_entry (provider_id, tenant_id, posting_id, account_id, period_id, amount_minor,"
    " balance_after_minor) VALUES (%(provider)s, %(tenant)s, %(posting)s, %(wallet)s, %(period)s, -100, 0),"
    " (%(provider)s, %(far_tenant)s, %(posting)s, %(far_wallet)s, %(far_period)s, %(amount)s, 0)"
)


@pytest.fixture
def books() -> Iterator[Books]:
    """Two wallets with a hundred ids between them."""
    with open_books() as books:
        with as_role("owner"):
            fetch_all(SKIP)
        tenant = create_tenant(
            provider_id=books.provider_id, external_id="far", name="Far", now=NOW
        ).id
        wallet = open_wallet(
            provider_id=books.provider_id, tenant_id=tenant, currency="USD", now=NOW
        ).id
        yield Books(books.provider_id, [*books.tenants, tenant], [*books.wallets, wallet])


def move(books: Books, **change: Any) -> int:
    """Move value from the one to the other by hand, right but for what is changed; return the posting."""
    posting: dict[str, Any] = {
        "provider": books.provider_id,
        "currency": "USD",
        "owner": 0,
        "key": "far",
    }
    values: dict[str, Any] = {
        "provider": books.provider_id,
        "tenant": books.tenants[0],
        "wallet": books.wallets[0],
        "period": books.wallet(0)["period_id"],
        "far_tenant": books.tenants[1],
        "far_wallet": books.wallets[1],
        "far_period": books.wallet(1)["period_id"],
        "amount": 100,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(POSTING, posting)
        (posting_id,) = cursor.fetchone() or (0,)
        cursor.execute(PAIR, {**values, "posting": posting_id, **change})
    return int(posting_id)


def test_a_right_one_is_taken_and_proved(books: Books) -> None:
    posting_id = move(books)

    assert fetch_one(
        "SELECT p.entries, p.checksum = x.checksum AND p.weighted = x.weighted"
        "  FROM accounts_proof p CROSS JOIN ("
        "       SELECT sum(h) AS checksum, sum(h::numeric * id) AS weighted FROM ("
        "           SELECT id, accounts_entry_hash(provider_id, tenant_id, posting_id, account_id, period_id,"
        "                                          amount_minor, balance_after_minor) AS h"
        "             FROM accounts_entry WHERE posting_id = %(posting)s) e) x WHERE p.posting_id = %(posting)s",
        {"posting": posting_id},
    ) == (2, True)


def test_they_must_balance(books: Books) -> None:
    with pytest.raises(IntegrityError, match="sum to"):
        move(books, amount=99)


def test_the_account_must_exist(books: Books) -> None:
    with pytest.raises(IntegrityError, match="account or a period"):
        move(books, far_wallet=10**9)


def test_the_tenant_must_be_the_accounts(books: Books) -> None:
    with pytest.raises(IntegrityError, match="account or a period"):
        move(books, far_tenant=books.tenants[0])


def test_the_period_must_be_the_wallets(books: Books) -> None:
    with pytest.raises(IntegrityError, match="account or a period"):
        move(books, far_period=books.wallet(0)["period_id"])


def test_the_plan_is_kept_in_a_form_that_no_size_makes_slow() -> None:
    row = fetch_one("SELECT proconfig FROM pg_proc WHERE proname = 'accounts_check_entries'")

    assert row is not None
    assert {
        "plan_cache_mode=force_generic_plan",
        "enable_seqscan=off",
        "enable_nestloop=off",
        "enable_sort=off",
    } <= set(row[0])
