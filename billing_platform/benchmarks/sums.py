"""The check that makes two times comparable: both sides ended with the same money, wallet by wallet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.benchmarks.errors import SumsDifferError

if TYPE_CHECKING:
    from psycopg2 import extensions

WALLETS = """
SELECT count(*), min(id)
FROM (SELECT * FROM floor.wallet WHERE provider_id = %(p)s) f
FULL JOIN (SELECT * FROM accounts_wallet WHERE provider_id = %(p)s) w USING (id)
WHERE (f.balance, f.period_posted, f.suspended_at IS NULL)
      IS DISTINCT FROM (w.balance, w.period_posted, w.suspended_at IS NULL)
"""
FLOOR_ENTRIES = """
SELECT count(*) FILTER (WHERE tenant_id > 0), coalesce(sum(amount), 0),
       coalesce(sum(amount) FILTER (WHERE tenant_id > 0), 0)
FROM floor.entry WHERE provider_id = %(p)s
"""
APP_ENTRIES = """
SELECT count(*) FILTER (WHERE e.tenant_id > 0), coalesce(sum(e.amount_minor), 0),
       coalesce(sum(e.amount_minor) FILTER (WHERE e.tenant_id > 0), 0)
FROM accounts_entry e JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
WHERE e.provider_id = %(p)s AND p.kind = 'usage'
"""


def require_equal_sums(owner: extensions.cursor, *, provider_id: int) -> None:
    """Compare every wallet, the number of the wallets' entries, and the sums of all entries.

    The provider's own entries are not counted: hours with little usage share a posting in the application.

    Args:
        owner: a cursor that sees both sides' tables.
        provider_id: whose wallets.

    Raises:
        SumsDifferError: a wallet differs in balance, in what is posted, or in being suspended; or the entries differ in
            number or sum, do not sum to zero, or there are none at all.
    """
    owner.execute(WALLETS, {"p": provider_id})
    wrong, first = owner.fetchone() or (0, None)
    if wrong:
        raise SumsDifferError(f"{wrong} wallets differ between the sides, the first is {first}.")
    found = []
    for statement in (FLOOR_ENTRIES, APP_ENTRIES):
        owner.execute(statement, {"p": provider_id})
        found.append(owner.fetchone())
    floor, app = found
    if floor != app or floor is None or floor[0] == 0 or floor[1] != 0:
        raise SumsDifferError(
            f"The entries (wallets', sum of all, of wallets') are {floor} on the floor, {app} in the application."
        )
