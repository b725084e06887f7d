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

# Entries of some days lie between the first and the last that their seals cover; those that no seal covers yet lie
# behind the first of them. Each account is read backwards within these ids, so that a page reads hardly more than it
# shows, however old its days are and however seldom the account moves.
_COLUMNS: Final = """
e.id AS entry_id, e.posting_id, a.kind AS account, p.kind, p.currency, -e.amount_minor * %(sign)s AS amount_minor,
{day} AS day, p.effective_at, p.tenant_id, p.hours_from, p.hours_to, p.source_type, p.source_id, p.reverses_id
  FROM accounts_entry e
  JOIN accounts_posting p ON p.provider_id = e.provider_id AND p.id = e.posting_id
  JOIN accounts_proof f ON f.posting_id = e.posting_id
"""
_LOCAL: Final = "(p.effective_at AT TIME ZONE %(zone)s)::date"
_ENTRIES: Final = f"""
WITH sealed AS MATERIALIZED (
    SELECT min(f.first_entry_id) AS low, max(f.last_entry_id) AS high
      FROM accounts_seal s JOIN accounts_proof f ON f.provider_id = s.provider_id AND f.seal_id = s.id
     WHERE s.provider_id = %(provider)s AND s.day BETWEEN %(since)s AND %(until)s),
open AS MATERIALIZED (
    SELECT min(first_entry_id) AS low FROM accounts_proof WHERE provider_id = %(provider)s AND seal_id IS NULL)
SELECT m.*, o.kind AS reverses_kind
  FROM accounts_account a CROSS JOIN sealed CROSS JOIN open
 CROSS JOIN LATERAL (
       (SELECT {_COLUMNS.format(day="s.day")}
          JOIN accounts_seal s ON s.provider_id = e.provider_id AND s.id = f.seal_id
         WHERE e.provider_id = %(provider)s AND e.account_id = a.id AND e.id < %(before)s
           AND e.id BETWEEN sealed.low AND sealed.high AND s.day BETWEEN %(since)s AND %(until)s
         ORDER BY e.id DESC LIMIT %(limit)s)
       UNION ALL
       (SELECT {_COLUMNS.format(day=_LOCAL)}
         WHERE e.provider_id = %(provider)s AND e.account_id = a.id AND e.id < %(before)s
           AND e.id >= open.low AND f.seal_id IS NULL AND {_LOCAL} BETWEEN %(since)s AND %(until)s
         ORDER BY e.id DESC LIMIT %(limit)s)) m
  LEFT JOIN accounts_posting o ON o.provider_id = %(provider)s AND o.id = m.reverses_id
 WHERE a.provider_id = %(provider)s AND a.tenant_id = 0 AND a.kind = ANY(%(kinds)s) AND a.currency = %(currency)s
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
