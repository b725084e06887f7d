"""The application's side of the hourly benchmark: its tables filled for many tenants, and its own hourly job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.benchmarks.catalogue import create_pattern
from billing_platform.benchmarks.cloning import clone_rows, highest, untied
from billing_platform.kernel.scope import provider_scope
from usage.services.charging import charge_hours
from usage.services.chunks import ensure_chunks

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2 import extensions

# Copies take the ids behind the pattern's, table by table; {name} is the highest id of the pattern in that table.
HIGHEST = {
    "tenant": "tenants_tenant",
    "account": "accounts_account",
    "period": "accounts_period",
    "subscription": "usage_subscription",
    "item": "usage_subscription_item",
    "segment": "usage_rate_segment",
    "level": "accounts_warning_level",
}
LEDGER = ("accounts_account", "accounts_wallet", "accounts_period", "accounts_warning_level")
CONTRACTS = ("usage_subscription", "usage_subscription_item", "usage_rate_segment", "usage_total")
# One tenant in 500 runs out of credit, at 25 minor units a step after one hour or another.
POOR = "n % 500 = 0"
POOR_BALANCE = f"CASE WHEN {POOR} THEN n / 500 % 40 * 25 ELSE t.balance END"
TOTALS = """
INSERT INTO usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity, start, less_minor)
SELECT s.provider_id, s.tenant_id, w.period_id, s.id, s.price_id, 0, 0, 0
FROM usage_rate_segment s JOIN accounts_wallet w ON w.provider_id = s.provider_id AND w.id = s.wallet_id
WHERE s.provider_id = %(p)s ORDER BY s.tenant_id, s.id
ON CONFLICT (provider_id, tenant_id, period_id, segment_id) DO NOTHING
"""


class Application:
    """The hourly job, called in this process on the alias `default`, as worker."""

    def __init__(self, provider_id: int) -> None:
        self.provider_id = provider_id

    def charge(self, *, until: datetime) -> object:
        """Charge every chunk up to a full UTC hour."""
        return charge_hours(provider_id=self.provider_id, until=until, now=until)


def build(
    owner: extensions.cursor, *, tenants: int, starts_at: datetime, names: str = "t.name"
) -> int:
    """Fill the application's tables: one tenant made by the services, and copies of all its rows.

    Args:
        owner: a cursor of the owner.
        tenants: how many there are in the end.
        starts_at: the full UTC hour in which everything begins.
        names: SQL of the names of the copies, over their number `n`.

    Returns:
        The provider's id.
    """
    provider_id, tenant_id = create_pattern(starts_at=starts_at)
    base = {name: highest(owner, table) for name, table in HIGHEST.items()}
    owner.execute(
        "SELECT id FROM accounts_wallet WHERE provider_id = %s AND tenant_id = %s",
        [provider_id, tenant_id],
    )
    (wallet_id,) = owner.fetchone() or (0,)
    with untied(owner, LEDGER):
        _clone_ledger(owner, base, wallet_id, tenants - 1, names)
    # The job never inserts contracts, so their keys and exclusions, which take minutes to build, stay away.
    _drop_ties(owner)
    _clone_contracts(owner, base, tenant_id, tenants - 1)
    owner.execute(TOTALS, {"p": provider_id})
    owner.execute("ANALYZE")
    with provider_scope(provider_id):
        ensure_chunks(provider_id=provider_id, until=starts_at)
    _quieten(owner)
    return provider_id


def _clone_ledger(
    owner: extensions.cursor, base: dict[str, int], wallet_id: int, copies: int, names: str
) -> None:
    tenant, account, period = (f"{base[name]} + n" for name in ("tenant", "account", "period"))
    clone_rows(
        owner,
        "tenants_tenant",
        where=f"id = {base['tenant']}",
        copies=copies,
        changed={
            "id": tenant,
            "public_id": "left(t.public_id, 12) || n",
            "external_id": "'bench-' || n",
            "name": names,
        },
    )
    owned = {"tenant_id": tenant}
    clone_rows(
        owner,
        "accounts_account",
        where=f"id = {wallet_id}",
        copies=copies,
        changed={**owned, "id": account},
    )
    clone_rows(
        owner,
        "accounts_wallet",
        where=f"id = {wallet_id}",
        copies=copies,
        changed={**owned, "id": account, "period_id": period, "balance": POOR_BALANCE},
    )
    clone_rows(
        owner,
        "accounts_period",
        where=f"wallet_id = {wallet_id}",
        copies=copies,
        changed={**owned, "id": period, "wallet_id": account},
    )
    clone_rows(
        owner,
        "accounts_warning_level",
        where=f"wallet_id = {wallet_id}",
        copies=copies,
        changed={
            **owned,
            "id": f"{base['level']} + (n - 1) * many + place + 1",
            "wallet_id": account,
        },
        only=POOR,
    )


def _clone_contracts(
    owner: extensions.cursor, base: dict[str, int], tenant_id: int, copies: int
) -> None:
    owned = {"tenant_id": f"{base['tenant']} + n"}
    where = f"tenant_id = {tenant_id}"
    subscription = f"{base['subscription']} + n"
    item = f"{base['item']} + (n - 1) * many + place + 1"
    clone_rows(
        owner,
        "usage_subscription",
        where=where,
        copies=copies,
        changed={**owned, "id": subscription},
    )
    clone_rows(
        owner,
        "usage_subscription_item",
        where=where,
        copies=copies,
        changed={**owned, "id": item, "subscription_id": subscription},
    )
    # Items and segments were made one for one and in one order, so their places agree.
    clone_rows(
        owner,
        "usage_rate_segment",
        where=where,
        copies=copies,
        changed={
            **owned,
            "id": f"{base['segment']} + (n - 1) * many + place + 1",
            "wallet_id": f"{base['account']} + n",
            "subscription_id": subscription,
            "item_id": item,
        },
    )


def _drop_ties(owner: extensions.cursor) -> None:
    owner.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'x')"
        " OR confrelid = ANY(%s::regclass[]) AND contype = 'f'",
        [list(CONTRACTS), list(CONTRACTS)],
    )
    for table, name in owner.fetchall():
        owner.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _quieten(owner: extensions.cursor) -> None:
    """Keep autovacuum away from the tables that both sides rewrite; the harness vacuums them between runs."""
    for table in ("accounts_wallet", "accounts_entry", "usage_total", "usage_hour", "usage_mark"):
        owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
