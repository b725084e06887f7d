"""The entries on a provider's own accounts, one by one: what its dashboard's sums are made of. Called by pages.

An entry belongs to the day that `movements` counts it for, so that the entries of some days come to the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

# Each account that moved is read backwards by its own index, so that the newest page reads no more than it shows.
_ENTRIES: Final = """
SELECT m.*, o.kind AS reverses_kind
  FROM accounts_account a
 CROSS JOIN LATERAL (
       SELECT e.id AS entry_id, e.posting_id, a.kind AS account, p.kind, p.currency,
              -e.amount_minor * %(sign)s AS amount_minor, d.day, p.effective_at, p.tenant_id, p.hours_from, p.hours_to,
              p.source_type, p.source_id, p.reverses_id
         FROM accounts_entry e
         JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
         JOIN accounts_proof f ON f.posting_id = e.posting_id
         LEFT JOIN accounts_seal s ON s.provider_id = e.provider_id AND s.id = f.seal_id
        CROSS JOIN LATERAL (SELECT coalesce(s.day, (p.effective_at AT TIME ZONE %(zone)s)::date) AS day) d
        WHERE e.provider_id = %(provider)s AND e.account_id = a.id AND e.id < %(before)s
          AND d.day BETWEEN %(since)s AND %(until)s
        ORDER BY e.id DESC LIMIT %(limit)s) m
  LEFT JOIN accounts_posting o ON o.provider_id = %(provider)s AND o.id = m.reverses_id
 WHERE a.provider_id = %(provider)s AND a.tenant_id = 0 AND a.kind = ANY(%(kinds)s) AND a.currency = %(currency)s
   AND (EXISTS (SELECT 1 FROM accounts_rollup r WHERE r.provider_id = %(provider)s AND r.account_id = a.id
                   AND r.day BETWEEN %(since)s AND %(until)s)
        OR EXISTS (SELECT 1 FROM accounts_entry u WHERE u.provider_id = %(provider)s AND u.account_id = a.id
                      AND u.id >= (SELECT min(first_entry_id) FROM accounts_proof
                                    WHERE provider_id = %(provider)s AND seal_id IS NULL)))
 ORDER BY m.entry_id DESC LIMIT %(limit)s
"""
# Beyond every entry: nothing is left out.
_LAST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """One entry on an account of the provider.

    Attributes:
        account: of AccountKind.
        kind: a PostingKind.
        amount_minor: as the sum is told that it belongs to.
        day: the provider's local day that it counts for.
        tenant_id: the one tenant that the posting is about, 0 for many or none.
        hours_from, hours_to: the usage hours of a charge.
        reverses_id, reverses_kind: the posting that it takes back, and its kind; None when it is no reversal.
    """

    entry_id: int
    posting_id: int
    account: str
    kind: str
    currency: str
    amount_minor: int
    day: date
    effective_at: datetime
    tenant_id: int
    hours_from: datetime | None
    hours_to: datetime | None
    source_type: str
    source_id: str
    reverses_id: int | None
    reverses_kind: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuery:
    """Which entries are asked for.

    Attributes:
        kinds: of AccountKind.
        is_debit: whether what is debited counts as more: money that came in, where revenue is credited.
        since, until: the provider's local days, both included.
        zone: the provider's time zone.
    """

    kinds: Sequence[str]
    currency: str
    is_debit: bool
    since: date
    until: date
    zone: str


def own_entries(
    provider_id: int, wanted: OwnQuery, *, before: int | None, limit: int
) -> list[OwnEntry]:
    """Return entries on the provider's own accounts, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        wanted: which.
        before: the entry at which the page before ended; None for the first page.
        limit: how many at most.
    """
    params = {
        "provider": provider_id,
        "kinds": [str(kind) for kind in wanted.kinds],
        "currency": wanted.currency,
        "sign": 1 if wanted.is_debit else -1,
        "since": wanted.since,
        "until": wanted.until,
        "zone": wanted.zone,
        "before": before or _LAST,
        "limit": limit,
    }
    return [OwnEntry(**row) for row in fetch_dicts(_ENTRIES, params)]
