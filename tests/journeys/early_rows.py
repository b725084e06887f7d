"""Rows of every part for the walk of the migrations, and what the migrations that change rows promise of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from django.db import OperationalError, connection

from accounts.services.audit import verify
from accounts.services.wallets import open_wallet
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.proofs import document_faults
from promotions.models import Redemption
from tax.models import Rate
from tests.cast import NOW
from tests.factories import promotions, tax
from tests.factories.documents import make_receipt
from tests.factories.payments import make_attempt, make_connection
from tests.factories.usage import HOUR, START, Shop
from tests.roles import as_role
from tests.usage.services.events import cloud_event, ingest
from usage.models import Event, ParkedEvent, PeriodLine, SubscriptionItem
from usage.services.charging import charge_hours

if TYPE_CHECKING:
    from django.db.migrations import Migration

    from tests.cast import Cast

# From the end of a month on, a period is closed after the provider's days.
LATER: Final = START + timedelta(days=46)
# What stood in a table before the migration of that name; a table that came later is filled on the way.
MET: Final = {
    ("payments", "0009_paid_with"): """
INSERT INTO payments_method_setup (public_id, provider_id, tenant_id, connection_id, currency, return_url, key,
    request_key, state, checkout_id, checkout_url, created_at)
SELECT 'set_' || id, provider_id, tenant_id, connection_id, 'USD', '', 'k' || id, 'r' || id, 'open', 'c' || id, '',
    created_at FROM payments_attempt WHERE kind = 'charge'""",
    ("payments", "0024_old_refused_charges"): """
UPDATE payments_attempt SET state = 'failed', external_id = 'ext_' || id,
    state_at = now() - CASE description WHEN 'old' THEN interval '31 days' ELSE interval '29 days' END
 WHERE kind = 'charge'""",
    ("payments", "0030_bank_accounts"): """
INSERT INTO payments_bank_account (provider_id, iban, csv_profile, created_at)
SELECT id, 'DE89370400440532013000', '{}', now() FROM tenants_provider WHERE slug = 'nimbus'""",
    ("payments", "0032_lines_of_two_formats"): """
INSERT INTO payments_bank_statement (public_id, provider_id, account_id, name, format, digest, size, numbers, currency,
    first_day, last_day, lines, known, unbooked, imported_at)
SELECT 'stm_' || id, provider_id, id, 'a.xml', 'camt053', repeat('a', 64), 1, '', 'EUR', '2026-11-20', '2026-11-20', 2,
    0, 0, now() FROM payments_bank_account;
INSERT INTO payments_bank_line (public_id, provider_id, account_id, statement_id, number, key, booked_on, amount_minor,
    currency, bank_ref, reference, end_to_end, text, party_name, party_iban, is_return, return_reason, is_batch, state,
    state_at, reason, note, equal_line_id)
SELECT 'bkl_' || n, provider_id, account_id, id, n, 'k' || n, '2026-11-20', 2500, 'EUR', '', '', '', '', '', '', false,
    '', false, 'new', now(), '', '', CASE n WHEN 2 THEN 1 END
  FROM payments_bank_statement, generate_series(1, 2) AS n""",
}


@dataclass(frozen=True)
class Parts:
    """A provider that sells usage, and what stood in its tables.

    Attributes:
        tenants: the first has an open period, the second's first one is closed.
        posted: what was charged, minor units by wallet.
    """

    shop: Shop
    tenants: list[int]
    posted: dict[int, int]


def fill_parts(cast: Cast) -> Parts:
    """Leave a catalogue, contracts, usage that is charged, payments, a document, a promotion and rates of tax."""
    with as_role("worker"):
        shop = Shop.open("shop")
        with provider_scope(shop.provider_id):
            shop.price(
                "calls", {"tiers": [{"up_to": "5", "unit": "1"}, {"unit": "0.5"}]}, "graduated"
            )
            shop.fee("base", "30")
            shop.meter("call", "count")
            shop.price("call", {"unit": "0.25"})
            version, _ = shop.version()
            tenants = [shop.tenant("acme"), shop.tenant()]
            for tenant in tenants:
                shop.subscribe(tenant, version)
                shop.use(tenant, "calls", 7, START + HOUR)
            ingest(shop.provider_id, cloud_event(1), cloud_event(2, tenant="nobody"))
        for until in (START + timedelta(days=32), LATER):
            charge_hours(provider_id=shop.provider_id, until=until, now=until)
        with provider_scope(cast.nimbus):
            desk = make_connection(cast.nimbus)
            for name in ("new", "old"):
                make_attempt(desk, cast.acme, kind="charge", description=name)
            make_receipt(cast.nimbus, cast.acme, public_id="doc_early", minor=100, name="Calls")
            open_wallet(provider_id=cast.nimbus, tenant_id=cast.acme, currency="USD", now=NOW)
            promotions.campaign(cast.nimbus)
            promotions.use(cast.nimbus, cast.acme, "payment:1")
            tax.register_in_germany(cast.nimbus)
    return Parts(shop, tenants, _balances(shop))


def meet(action: str, migration: Migration | None = None, fake: bool | None = None) -> None:
    """Fill what a migration is about to change; called by the executor with each step of its own."""
    sql = MET.get((migration.app_label, migration.name)) if migration else None
    if sql and action == "apply_start":
        with connection.cursor() as cursor:
            cursor.execute(sql)


def check_usage(parts: Parts) -> None:
    """What was counted is added up by hour, rules stay, nothing is charged twice, and late usage is charged right."""
    shop = parts.shop
    provider: dict[str, Any] = {"provider_id": shop.provider_id}
    with as_role("worker"):
        with provider_scope(shop.provider_id):
            kept, counted = (
                fetch_all(
                    f"SELECT meter_id, hour, sum(quantity), sum(events), {tenants} FROM {table}"
                    " GROUP BY 1, 2 ORDER BY 1, 2"
                )
                for tenants, table in (
                    ("sum(tenants)", "usage_hour_sum"),
                    ("count(*)", "usage_hour"),
                )
            )
            assert kept == counted != []
            assert (Event.objects.count(), ParkedEvent.objects.count()) == (1, 1)
            assert PeriodLine.objects.count() > 0
            items = SubscriptionItem.objects.values_list("changed_from", flat=True)
            assert list(items) == [None] * 6
        again = charge_hours(**provider, until=LATER, now=LATER)
        assert (again.posted_minor, _balances(shop)) == ({}, parts.posted)
        with provider_scope(shop.provider_id):
            shop.use(parts.tenants[0], "calls", 2, LATER)
        charge_hours(**provider, until=LATER + HOUR, now=LATER + HOUR)
        assert _balances(shop)[parts.tenants[0]] == parts.posted[parts.tenants[0]] - 200
        with provider_scope(shop.provider_id):
            assert verify(**provider).findings == ()
        with (
            provider_scope(shop.provider_id),
            pytest.raises(OperationalError, match="do not change"),
        ):
            execute("UPDATE usage_meter SET aggregation = 'max' WHERE code = 'calls'")


def check_payments(cast: Cast) -> None:
    """Recent refusals are asked about within the hour, older ones never; an account of before is nobody's default."""
    with as_role("worker"), provider_scope(cast.nimbus):
        assert fetch_all(
            "SELECT description, next_poll_at < now() + interval '1 hour' FROM payments_attempt ORDER BY id"
        ) == [("new", True), ("old", None)]
        setups = "SELECT next_poll_at = created_at FROM payments_method_setup"
        assert fetch_all(setups) == [(True,), (True,)]
        accounts = "SELECT bic, currency, holder, is_default FROM payments_bank_account"
        assert fetch_all(accounts) == [("", "", "", False)]
        lines = "SELECT number, equal_line_id IS NULL FROM payments_bank_line ORDER BY 1"
        assert fetch_all(lines) == [(1, True), (2, False)]


def check_documents(cast: Cast) -> None:
    """Documents, promotions and rates are what they were."""
    with as_role("worker"), provider_scope(cast.nimbus):
        # The table of counters came behind the first documents here: the walk back has taken it away.
        (fault,) = document_faults(cast.nimbus)
        assert str(fault).endswith("the counter says nothing"), fault
        assert fetch_all("SELECT public_id FROM invoicing_document") == [("doc_early",)]
        assert (Redemption.objects.count(), Rate.objects.count()) == (1, 3)
        assert verify(provider_id=cast.nimbus).findings == ()


def _balances(shop: Shop) -> dict[int, int]:
    with provider_scope(shop.provider_id):
        return dict(fetch_all("SELECT tenant_id, balance FROM accounts_wallet"))
