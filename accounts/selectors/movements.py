"""What moved on a provider's own accounts by day, and where its clients' wallets stand. Called by its dashboard.

Sealed days are read from their roll-ups; only what no seal covers yet is added up, so the length of the ledger does
not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from accounts.enums import REVENUE_KINDS, AccountKind
from billing_platform.kernel.rows import fetch_all, fetch_one

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

# Against these accounts wallets are filled and emptied by money and by hand; moves between them cancel out.
INCOME_KINDS: Final = (
    AccountKind.GATEWAY_CLEARING,
    AccountKind.BANK_CLEARING,
    AccountKind.BANK,
    AccountKind.GATEWAY_FEES,
    AccountKind.ADJUSTMENT,
    AccountKind.OPENING,
)
EARNED_KINDS: Final = REVENUE_KINDS

# Of what no seal covers yet, proofs and postings lie close together: each is read as one range, and joined by hash.
_MOVED: Final = """
WITH own AS MATERIALIZED (
    SELECT id, kind, currency FROM accounts_account
     WHERE provider_id = %(provider)s AND tenant_id = 0 AND kind = ANY(%(kinds)s)),
open AS MATERIALIZED (
    SELECT posting_id, first_entry_id FROM accounts_proof WHERE provider_id = %(provider)s AND seal_id IS NULL),
dated AS MATERIALIZED (
    SELECT p.id, (p.effective_at AT TIME ZONE %(zone)s)::date AS day FROM accounts_posting p
     WHERE p.provider_id = %(provider)s
       AND p.id BETWEEN (SELECT min(posting_id) FROM open) AND (SELECT max(posting_id) FROM open))
SELECT kind, currency, day, sum(amount)::bigint
  FROM (SELECT a.kind, a.currency, r.day, r.amount_minor AS amount
          FROM own a JOIN accounts_rollup r ON r.provider_id = %(provider)s AND r.account_id = a.id
        UNION ALL
        SELECT a.kind, a.currency, p.day, e.amount_minor
          FROM own a
          JOIN accounts_entry e ON e.provider_id = %(provider)s AND e.account_id = a.id
           AND e.id >= (SELECT min(first_entry_id) FROM open)
          JOIN open f ON f.posting_id = e.posting_id
          JOIN dated p ON p.id = e.posting_id) m
 WHERE day >= %(since)s GROUP BY 1, 2, 3 ORDER BY 3, 2, 1
"""
# Bulk postings belong to no tenant; their ids grow with time.
_CHARGED_HOURS: Final = """
SELECT hours_to FROM accounts_posting
 WHERE provider_id = %s AND tenant_id = 0 AND kind IN ('usage', 'usage_correction') AND recorded_at < %s
 ORDER BY id DESC LIMIT 1
"""
_STANDING: Final = """
SELECT currency, count(*) FILTER (WHERE balance < 0), coalesce(sum(balance) FILTER (WHERE balance < 0), 0)::bigint,
       coalesce(sum(balance) FILTER (WHERE balance > 0), 0)::bigint
  FROM accounts_wallet WHERE provider_id = %s GROUP BY currency ORDER BY currency
"""


@dataclass(frozen=True)
class Movement:
    """What moved on the provider's accounts of one kind and currency on one day.

    Attributes:
        kind: of AccountKind.
        day: the provider's local day: of the seal, or, while no seal covers it, on which it counts.
        amount_minor: + is a credit (revenue), − a debit (money that came in).
    """

    kind: str
    currency: str
    day: date
    amount_minor: int


@dataclass(frozen=True)
class Standing:
    """All wallets of a currency.

    Attributes:
        below: how many are below 0.
        owed_minor: the sum of those, 0 or less.
        held_minor: the sum of the others: credit that is still to be used.
    """

    currency: str
    below: int
    owed_minor: int
    held_minor: int


def daily_movements(
    provider_id: int, kinds: Sequence[str], *, since: date, zone: str
) -> list[Movement]:
    """Return what moved on the provider's own accounts, by day.

    Args:
        provider_id: whose; its scope is open.
        kinds: of AccountKind.
        since: the first local day.
        zone: the provider's time zone.
    """
    params = {"provider": provider_id, "kinds": list(kinds), "since": since, "zone": zone}
    return [Movement(*row) for row in fetch_all(_MOVED, params)]


def charged_hours(provider_id: int, *, before: datetime) -> datetime | None:
    """Return the hour up to which usage was charged at a moment, as the newest posting says; None before there is one.

    Args:
        provider_id: whose; its scope is open.
        before: the moment.
    """
    row = fetch_one(_CHARGED_HOURS, [provider_id, before])
    found: datetime | None = row[0] if row else None
    return found


def wallet_standing(provider_id: int) -> list[Standing]:
    """Return where all wallets stand, by currency.

    Args:
        provider_id: whose; its scope is open.
    """
    return [Standing(*row) for row in fetch_all(_STANDING, [provider_id])]
