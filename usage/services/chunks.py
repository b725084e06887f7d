"""Ranges of tenants that are charged in one transaction: made, split as tenants come, planned and claimed.

Called by the hourly job. A claim is a row lock: it dies with its session, so a killed worker leaves nothing behind.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.plans import fetch_planned
from billing_platform.kernel.rows import execute, fetch_all, fetch_dicts, fetch_one
from usage.services.marks import BUCKET_BITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHUNK_TENANTS: Final = 2000
NO_TENANT: Final = 2**62
# Marked tenants up to which totals are looked up tenant by tenant; beyond it, reading the whole range is faster.
MARKED_MAX: Final = 1000
GROUP_MAX: Final = 50

_LAST: Final = """
    SELECT no, t_from, t_to, charged_through FROM usage_charge_chunk WHERE provider_id = %s ORDER BY no DESC LIMIT 1
"""
_FIRST_HOUR: Final = """
    SELECT least(min(starts_at), %(until)s) FROM usage_subscription WHERE provider_id = %(provider)s
"""
_EDGES: Final = """
    SELECT tenant_id FROM (
        SELECT tenant_id, row_number() OVER (ORDER BY tenant_id) AS n
          FROM (SELECT DISTINCT tenant_id FROM usage_rate_segment WHERE provider_id = %s AND tenant_id >= %s) t) r
     WHERE n %% %s = 1 AND n > 1 ORDER BY tenant_id
"""
_INSERT: Final = """
    INSERT INTO usage_charge_chunk (provider_id, no, t_from, t_to, charged_through, seen_xid)
    VALUES (%s, %s, %s, %s, %s, 0) ON CONFLICT DO NOTHING
"""
_SHRINK: Final = "UPDATE usage_charge_chunk SET t_to = %s WHERE provider_id = %s AND no = %s"
_WAITING: Final = f"""
    (c.charged_through < %(until)s OR %(again)s AND c.charged_through = %(until)s AND EXISTS (
        SELECT 1 FROM usage_mark m CROSS JOIN unnest(m.tenant_ids) AS x (id)
         WHERE m.provider_id = c.provider_id AND m.bucket >= c.t_from >> {BUCKET_BITS}
           AND m.bucket <= (c.t_to - 1) >> {BUCKET_BITS} AND m.xid >= c.seen_xid
           AND x.id >= c.t_from AND x.id < c.t_to))"""
# PostgreSQL keeps in xmax who locked a row last, in xmin who wrote it; completing a chunk does both. Where they differ
# it was claimed and not completed: by a run that failed, by a worker that died of it, or by one that works on it now.
_LEFT: Final = "CASE WHEN c.xmax = c.xmin THEN '0'::xid ELSE c.xmax END"
_PLAN: Final = f"""
    SELECT c.no, c.full_at, c.next_at, {_LEFT}::text <> '0' AS is_left,
           c.seen_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS is_restored,
           (SELECT count(DISTINCT x.id) FROM usage_mark m CROSS JOIN unnest(m.tenant_ids) AS x (id)
             WHERE m.provider_id = c.provider_id AND m.bucket >= c.t_from >> {BUCKET_BITS}
               AND m.bucket <= (c.t_to - 1) >> {BUCKET_BITS} AND m.xid >= c.seen_xid
               AND x.id >= c.t_from AND x.id < c.t_to) AS marked
      FROM usage_charge_chunk c WHERE c.provider_id = %(provider)s AND {_WAITING}
     ORDER BY age({_LEFT}) DESC, c.no
"""
_CLAIM: Final = f"""
    SELECT c.no, c.t_from, c.t_to, c.charged_through, c.seen_xid, c.full_at, c.next_at
      FROM usage_charge_chunk c
     WHERE c.provider_id = %(provider)s AND c.no = ANY(%(nos)s) AND {_WAITING}
     ORDER BY c.no FOR UPDATE SKIP LOCKED
"""
_READ: Final = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
           (SELECT array_agg(DISTINCT x.id ORDER BY x.id)
              FROM usage_mark m CROSS JOIN unnest(m.tenant_ids) AS x (id)
              JOIN unnest(%(from)s::bigint[], %(to)s::bigint[], %(seen)s::bigint[]) AS c (t_from, t_to, seen_xid)
                ON x.id >= c.t_from AND x.id < c.t_to AND m.xid >= c.seen_xid
             WHERE m.provider_id = %(provider)s AND m.bucket >= %(low)s AND m.bucket <= %(high)s AND m.xid >= %(since)s)
"""
# What the calendar of each chunk does next: a period that ends, or a fee (due once the hour behind it has begun).
_NEXT: Final = """
    SELECT c.no, least(w.ends, i.fee_at + interval '1 second') AS next_at
      FROM unnest(%(nos)s::int[], %(from)s::bigint[], %(to)s::bigint[]) AS c (no, t_from, t_to)
      LEFT JOIN LATERAL (
           SELECT min(p.ends) AS ends FROM accounts_period p
            WHERE p.provider_id = %(provider)s AND p.tenant_id >= c.t_from AND p.tenant_id < c.t_to
              AND p.state = 'current' AND {periods}) w ON true
      LEFT JOIN LATERAL (
           SELECT min(i.fee_next_at) AS fee_at FROM usage_subscription_item i
            WHERE i.provider_id = %(provider)s AND i.tenant_id >= c.t_from AND i.tenant_id < c.t_to
              AND i.fee_next_at IS NOT NULL AND {items}) i ON true
"""
_DONE: Final = """
    UPDATE usage_charge_chunk c SET charged_through = %(until)s, seen_xid = %(seen)s,
           full_at = CASE WHEN %(full)s THEN %(until)s ELSE c.full_at END, next_at = x.next_at
      FROM unnest(%(nos)s::int[], %(next)s::timestamptz[]) AS x (no, next_at)
     WHERE c.provider_id = %(provider)s AND c.no = x.no RETURNING c.no
"""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A claimed range of tenants."""

    no: int
    t_from: int
    t_to: int
    charged_through: datetime
    seen_xid: int
    full_at: datetime | None
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Group:
    """Chunks of one transaction: one that is read whole, several with few marks, or one that a run has left."""

    nos: tuple[int, ...]
    is_full: bool
    is_left: bool = False


def ensure_chunks(*, provider_id: int, until: datetime) -> None:
    """Make the first chunk of a provider, and split the last one when it holds too many tenants.

    Args:
        provider_id: whose; its scope is open.
        until: the hour that is about to be charged; where a provider without contracts begins.

    Idempotency: by state.
    """
    last = fetch_one(_LAST, [provider_id])
    if last is None:
        row = fetch_one(_FIRST_HOUR, {"provider": provider_id, "until": until})
        first = row[0] if row else until
        execute(_INSERT, [provider_id, 1, 0, NO_TENANT, first])
        last = fetch_one(_LAST, [provider_id])
    # Its row is locked only to be split: a lock alone would make it look as if a run had left it.
    if last is None or not _must_split(provider_id, last[1], last[2]):
        return
    no, t_from, t_to, charged_through = fetch_one(f"{_LAST} FOR UPDATE", [provider_id]) or last
    if t_to < NO_TENANT:
        no, t_from, t_to = no + 1, t_to, NO_TENANT
        execute(_INSERT, [provider_id, no, t_from, t_to, charged_through])
    for edge in _edges(provider_id, t_from):
        execute(_SHRINK, [edge, provider_id, no])
        no += 1
        execute(_INSERT, [provider_id, no, edge, NO_TENANT, charged_through])


def _must_split(provider_id: int, t_from: int, t_to: int) -> bool:
    return t_to < NO_TENANT or bool(_edges(provider_id, t_from))


def _edges(provider_id: int, t_from: int) -> list[int]:
    return [row[0] for row in fetch_all(_EDGES, [provider_id, t_from, CHUNK_TENANTS])]


def plan_groups(*, provider_id: int, until: datetime, again: bool) -> list[Group]:
    """Return the chunks that wait for a run, grouped: little work shares a transaction, a full read has its own.

    A chunk that was claimed and never completed may be what its worker died of. Such ones come last, each alone, the
    one that was tried last behind all others: so it holds up nobody but itself.

    Args:
        provider_id: whose; its scope is open.
        until: the hour that is charged up to.
        again: chunks that are charged up to it already wait too when usage of theirs came since.
    """
    rows = fetch_dicts(_PLAN, {"provider": provider_id, "until": until, "again": again})
    alone = [row for row in rows if row["is_left"]]
    left = [Group((row["no"],), _needs_all(row, until), is_left=True) for row in alone]
    return [*_grouped([row for row in rows if not row["is_left"]], until), *left]


def _grouped(rows: Sequence[dict[str, Any]], until: datetime) -> list[Group]:
    groups: list[Group] = []
    quiet: list[int] = []
    marked = 0
    for row in rows:
        if _needs_all(row, until):
            groups.append(Group((row["no"],), is_full=True))
            continue
        if quiet and (marked + row["marked"] > MARKED_MAX or len(quiet) >= GROUP_MAX):
            groups.append(Group(tuple(quiet), is_full=False))
            quiet, marked = [], 0
        quiet.append(row["no"])
        marked += row["marked"]
    if quiet:
        groups.append(Group(tuple(quiet), is_full=False))
    return groups


def claim_chunks(*, provider_id: int, group: Group, until: datetime, again: bool) -> list[Chunk]:
    """Lock the chunks of a group that still wait; those that another worker holds are left to it.

    Args:
        provider_id: whose; its scope is open.
        group: as planned.
        until: the hour that is charged up to.
        again: as planned.
    """
    params = {"provider": provider_id, "nos": list(group.nos), "until": until, "again": again}
    return [Chunk(**row) for row in fetch_planned(_CLAIM, params)]


def read_marks(*, provider_id: int, chunks: Sequence[Chunk]) -> tuple[int, list[int]]:
    """Return how far marks are seen now, and the marked tenants of claimed chunks.

    A transaction that is open at this moment is not older than the first figure, so the next run reads its marks,
    whether it commits before or after this run.

    Args:
        provider_id: whose; its scope is open.
        chunks: the claimed chunks.
    """
    params: dict[str, Any] = {
        "provider": provider_id,
        "from": [chunk.t_from for chunk in chunks],
        "to": [chunk.t_to for chunk in chunks],
        "seen": [chunk.seen_xid for chunk in chunks],
        "since": min(chunk.seen_xid for chunk in chunks),
        "low": chunks[0].t_from >> BUCKET_BITS,
        "high": (chunks[-1].t_to - 1) >> BUCKET_BITS,
    }
    seen, tenant_ids = fetch_one(_READ, params) or (0, None)
    return int(seen), list(tenant_ids or ())


def complete_chunks(
    *,
    provider_id: int,
    chunks: Sequence[Chunk],
    until: datetime,
    seen_xid: int,
    tenant_ids: Sequence[int] | None,
    moments: Mapping[int, datetime | None] | None = None,
) -> None:
    """Write down how far chunks are charged, and when their calendar has something to do next.

    Args:
        provider_id: whose; its scope is open.
        chunks: the claimed chunks.
        until: the hour that they are charged up to.
        seen_xid: how far marks were seen, as `read_marks` returned it.
        tenant_ids: the tenants that were read; None for all of the one chunk.
        moments: what `next_moments` returned for them, when nothing has changed it since; None reads it here.
    """
    found = moments
    if found is None:
        found = next_moments(provider_id=provider_id, chunks=chunks, tenant_ids=tenant_ids)
    if tenant_ids is not None:
        known = {chunk.no: chunk.next_at for chunk in chunks}
        found = {no: _earlier(found[no], known[no]) for no in found}
    fetch_planned(
        _DONE,
        {
            "provider": provider_id,
            "until": until,
            "seen": seen_xid,
            "full": tenant_ids is None,
            "nos": list(found),
            "next": list(found.values()),
        },
    )


def next_moments(
    *, provider_id: int, chunks: Sequence[Chunk], tenant_ids: Sequence[int] | None
) -> dict[int, datetime | None]:
    """Return when the calendar of each chunk has something to do next, by the chunk's number.

    Args:
        provider_id: whose; its scope is open.
        chunks: claimed chunks.
        tenant_ids: only these tenants of theirs; None for all.
    """
    if tenant_ids is not None and not tenant_ids:
        return {chunk.no: None for chunk in chunks}
    params: dict[str, Any] = {
        "provider": provider_id,
        "nos": [chunk.no for chunk in chunks],
        "from": [chunk.t_from for chunk in chunks],
        "to": [chunk.t_to for chunk in chunks],
        "tenants": list(tenant_ids or ()),
    }
    if tenant_ids is None:
        sql = _NEXT.format(periods="true", items="true")
    else:
        which = "{}.tenant_id = ANY(%(tenants)s)"
        sql = _NEXT.format(periods=which.format("p"), items=which.format("i"))
    return {row["no"]: row["next_at"] for row in fetch_planned(sql, params)}


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)


def _needs_all(row: dict[str, Any], until: datetime) -> bool:
    """Once a day, at a boundary of its calendar, after a restore, or with many marks, a chunk is read whole."""
    full_at = row["full_at"]
    if full_at is None or row["is_restored"] or row["marked"] > MARKED_MAX:
        return True
    is_due = row["next_at"] is not None and row["next_at"] <= until
    return is_due or bool(full_at.astimezone(UTC).date() < until.astimezone(UTC).date())
