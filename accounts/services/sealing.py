"""Seal closed days: prove a stretch of the ledger by a hash chained to the one before. Called by the nightly job.

What a seal covers is what its one statement sees and no seal covers yet; a posting that commits later, with an earlier
time, lies in the next seal. Each posting's proof row remembers its seal. The roll-ups of the provider's own accounts
are made with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from accounts.errors import SealTooEarly
from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.periods import hour_ceil
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from tenants.selectors.providers import provider_view

if TYPE_CHECKING:
    from datetime import date

# SHA-256 over the postings in order, each hashed with its entries in order; `covered` names the postings.
CONTENT: Final = """
    SELECT count(*) AS postings, coalesce(sum(x.entries), 0)::bigint AS entries,
           sha256(coalesce(string_agg(x.hash, ''::bytea ORDER BY x.posting_id), ''::bytea)) AS content_hash
      FROM (SELECT p.id AS posting_id, count(*) AS entries,
                   sha256(accounts_posting_digest(p) || convert_to(string_agg(concat_ws(':', e.id, e.provider_id,
                       e.tenant_id, e.account_id, coalesce(e.period_id, 0), e.amount_minor,
                       coalesce(e.balance_after_minor::text, '-')), ';' ORDER BY e.id), 'UTF8')) AS hash
              FROM covered c
              JOIN accounts_posting p ON p.provider_id = %(provider)s AND p.id = c.posting_id
              JOIN accounts_entry e ON e.provider_id = %(provider)s AND e.posting_id = c.posting_id
                                   AND e.id BETWEEN c.first_entry_id AND c.last_entry_id
             GROUP BY p.id, p.*) x"""
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('accounts.seal', %s))"
_LAST: Final = """
SELECT number, day, seal_hash FROM accounts_seal WHERE provider_id = %s ORDER BY number DESC LIMIT 1
"""
_BEGUN: Final = "SELECT min(recorded_at) FROM accounts_posting WHERE provider_id = %s"
_SEAL: Final = f"""
WITH covered AS MATERIALIZED (
        SELECT f.posting_id, f.first_entry_id, f.last_entry_id
          FROM accounts_proof f JOIN accounts_posting p ON p.provider_id = f.provider_id AND p.id = f.posting_id
         WHERE f.provider_id = %(provider)s AND f.seal_id IS NULL AND p.recorded_at < %(until)s),
    content AS ({CONTENT}),
    s AS (
        INSERT INTO accounts_seal (provider_id, number, day, sealed_at, postings, entries, content_hash, previous_hash,
                                   seal_hash)
        SELECT %(provider)s, %(number)s, %(day)s, %(now)s, postings, entries, content_hash, %(previous)s, ''
          FROM content RETURNING id, postings, entries),
    marked AS (
        UPDATE accounts_proof f SET seal_id = s.id
          FROM covered c, s WHERE f.provider_id = %(provider)s AND f.posting_id = c.posting_id),
    moved AS (
        SELECT e.account_id, count(*) AS entries, sum(e.amount_minor)::bigint AS amount
          FROM covered c JOIN accounts_entry e ON e.provider_id = %(provider)s AND e.posting_id = c.posting_id
                                              AND e.id BETWEEN c.first_entry_id AND c.last_entry_id
         WHERE e.tenant_id = 0 GROUP BY 1),
    rolled AS (
        INSERT INTO accounts_rollup (provider_id, account_id, seal_id, day, entries, amount_minor, balance_minor,
                                     digest)
        SELECT %(provider)s, m.account_id, s.id, %(day)s, m.entries, m.amount,
               m.amount + coalesce((SELECT x.balance_minor FROM accounts_rollup x
                                     WHERE x.provider_id = %(provider)s AND x.account_id = m.account_id
                                     ORDER BY x.seal_id DESC LIMIT 1), 0), ''
          FROM moved m, s ORDER BY m.account_id)
SELECT postings, entries FROM s
"""


@dataclass(frozen=True)
class SealResult:
    """A seal that was made.

    Attributes:
        number: its place in the provider's chain.
        day: the local day that it closes.
    """

    number: int
    day: date
    postings: int
    entries: int


def seal_day(*, provider_id: int, day: date, now: datetime) -> SealResult:
    """Seal everything of a provider that was recorded before the end of a local day and lies in no seal yet.

    Args:
        provider_id: whose; its scope is open, as worker.
        day: the provider's local day; over, and after the last one sealed.
        now: the moment of sealing.

    Returns:
        The seal; one without postings keeps the chain of days.

    Raises:
        SealTooEarly: the day is not over, or it or a later day is sealed already.
        TransactionRequiredError: no transaction is open.

    Idempotency: by day; a sealed day is refused.
    """
    require_atomic()
    until = _end_of(day, provider_view(provider_id).time_zone)
    if until > now:
        raise SealTooEarly
    fetch_all(_LOCK, [provider_id])
    last = fetch_dicts(_LAST, [provider_id])
    if last and day <= last[0]["day"]:
        raise SealTooEarly(message="This day is sealed already.")
    return _write(provider_id, day, until, last[0] if last else None, now)


def seal_due_days(*, provider_id: int, now: datetime) -> list[SealResult]:
    """Seal every day of the provider that is over and not sealed yet, each by a seal of its own.

    After an outage each missed day gets its seal, so that roll-ups keep telling what moved on which day; the chain
    begins with the first day on which anything was recorded.

    Args:
        provider_id: whose; its scope is open, as worker.
        now: the moment of sealing.

    Returns:
        The seals, oldest first; none when yesterday is sealed already.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by day.
    """
    require_atomic()
    zone = ZoneInfo(provider_view(provider_id).time_zone)
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    if (
        _end_of(yesterday, zone.key) > now
    ):  # a zone with half an hour: its day ends with the next full hour
        yesterday -= timedelta(days=1)
    fetch_all(_LOCK, [provider_id])  # another worker's seals count
    day = min(_first_open_day(provider_id, zone) or yesterday, yesterday + timedelta(days=1))
    seals = []
    while day <= yesterday:
        seals.append(seal_day(provider_id=provider_id, day=day, now=now))
        day += timedelta(days=1)
    return seals


def _first_open_day(provider_id: int, zone: ZoneInfo) -> date | None:
    last = fetch_dicts(_LAST, [provider_id])
    if last:
        sealed: date = last[0]["day"]
        return sealed + timedelta(days=1)
    (row,) = fetch_all(_BEGUN, [provider_id])
    begun: datetime | None = row[0]
    return begun.astimezone(zone).date() if begun else None


def _write(
    provider_id: int, day: date, until: datetime, last: dict[str, Any] | None, now: datetime
) -> SealResult:
    number = last["number"] + 1 if last else 1
    params = {
        "provider": provider_id,
        "number": number,
        "day": day,
        "until": until,
        "now": now,
        "previous": bytes(last["seal_hash"]) if last else b"",
    }
    (row,) = fetch_dicts(_SEAL, params)
    return SealResult(number, day, row["postings"], row["entries"])


def _end_of(day: date, zone: str) -> datetime:
    return hour_ceil(datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)))
