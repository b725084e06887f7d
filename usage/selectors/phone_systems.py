"""A provider's phone systems: their rules, lines, watched folders, and lines whose calls wait. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.rows import fetch_all, fetch_dicts
from usage.calls import EVENT_TYPE
from usage.errors import UnknownPhoneSystemError
from usage.importers.asterisk_mapping import DirectionRule, number_key
from usage.models import CallMapping

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

# So many waiting calls are looked at for suggestions, the newest ones.
WAITING_MAX: Final = 5_000
_SYSTEMS: Final = """
SELECT m.id, m.source, m.time_zone, m.updated_at, jsonb_array_length(m.rules) AS rules,
       (SELECT count(*) FROM (SELECT 1 FROM usage_call_line l WHERE l.provider_id = m.provider_id
                                 AND l.mapping_id = m.id LIMIT %(most)s) n) AS lines
  FROM usage_call_mapping m WHERE m.provider_id = %(provider)s ORDER BY m.source
"""
_LINES: Final = """
SELECT id, kind, value, tenant_external_id AS tenant FROM usage_call_line
 WHERE provider_id = %(provider)s AND mapping_id = %(system)s AND id > %(after)s
   AND (%(search)s = '' OR strpos(value, %(number)s) > 0 OR tenant_external_id = %(search)s)
 ORDER BY id LIMIT %(limit)s
"""
_WAITING: Final = """
SELECT w.line, count(*), max(w.at) FROM (
       SELECT p.tenant_external_id AS line, p.at FROM usage_parked_event p
         JOIN usage_event_source s ON s.provider_id = p.provider_id AND s.id = p.source_id
        WHERE p.provider_id = %(provider)s AND p.reason = 'unknown_tenant' AND p.replayed_at IS NULL
          AND s.code = %(source)s AND p.event_type = %(type)s
        ORDER BY p.id DESC LIMIT %(most)s) w
 WHERE w.line <> 'number:unknown' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(limit)s
"""
_FOLDERS: Final = """
SELECT f.id, f.path, f.pattern, f.columns, f.source, f.is_active, coalesce(n.files, 0) AS files, n.read_at,
       coalesce(n.accepted, 0) AS accepted, coalesce(n.duplicates, 0) AS duplicates,
       coalesce(n.refused, 0) AS refused, coalesce(n.parked, 0) AS parked
  FROM usage_call_folder f
  LEFT JOIN (SELECT folder_id, count(*) AS files, max(read_at) AS read_at, sum(accepted)::bigint AS accepted,
                    sum(duplicates)::bigint AS duplicates, sum(rejected + conflicts)::bigint AS refused,
                    sum(parked)::bigint AS parked
               FROM usage_call_file WHERE provider_id = %(provider)s GROUP BY 1) n ON n.folder_id = f.id
 WHERE f.provider_id = %(provider)s ORDER BY NOT f.is_active, f.path, f.pattern
"""


@dataclass(frozen=True, slots=True)
class PhoneSystem:
    """A PBX; `lines` are counted no further than one beyond COUNT_CAP."""

    id: int
    source: str
    time_zone: str
    updated_at: datetime
    rules: int
    lines: int


@dataclass(frozen=True, slots=True)
class PhoneSystemRules:
    """A PBX with its rules, in the order in which they are tried."""

    id: int
    source: str
    time_zone: str
    rules: Sequence[DirectionRule]


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """Whose an account code, a number or a trunk is."""

    id: int
    kind: str
    value: str
    tenant: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line that nobody has and whose calls wait; `kind` is number, trunk or account."""

    kind: str
    value: str
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Folder:
    """A watched folder, and what became of the calls in its files.

    Attributes:
        read_at: when something new was read last; None before.
        refused: rejected rows, and calls with the id of another one.
    """

    id: int
    path: str
    pattern: str
    columns: str
    source: str
    is_active: bool
    files: int
    read_at: datetime | None
    accepted: int
    duplicates: int
    refused: int
    parked: int


def list_phone_systems(provider_id: int) -> list[PhoneSystem]:
    """Return a provider's phone systems by code.

    Args:
        provider_id: whose; its scope is open.
    """
    params = {"provider": provider_id, "most": COUNT_CAP + 1}
    return [PhoneSystem(**row) for row in fetch_dicts(_SYSTEMS, params)]


def phone_system(provider_id: int, system_id: int) -> PhoneSystemRules:
    """Return a phone system with its rules.

    Args:
        provider_id: whose; its scope is open.
        system_id: which.

    Raises:
        UnknownPhoneSystemError: no such phone system.
    """
    row = CallMapping.objects.filter(provider_id=provider_id, pk=system_id).first()
    if row is None:
        raise UnknownPhoneSystemError
    rules = tuple(DirectionRule(**rule) for rule in row.rules)
    return PhoneSystemRules(row.pk, row.source, row.time_zone, rules)


def list_lines(
    provider_id: int, system_id: int, *, search: str = "", after: int = 0, limit: int = 50
) -> list[PhoneLine]:
    """Return lines of a phone system in the order in which they were added.

    Args:
        provider_id: whose; its scope is open.
        system_id: which phone system.
        search: part of a number, code or trunk, or the external id of a tenant; empty for all.
        after: the last line of the page before; 0 for the first page.
        limit: how many at most.
    """
    params = {
        "provider": provider_id,
        "system": system_id,
        "search": search,
        "number": number_key(search),
        "after": after,
        "limit": limit,
    }
    return [PhoneLine(**row) for row in fetch_dicts(_LINES, params)]


def waiting_lines(provider_id: int, source: str, *, limit: int = 20) -> list[WaitingLine]:
    """Return lines whose calls wait because nobody has them, those with most calls first.

    Args:
        provider_id: whose; its scope is open.
        source: the code of the phone system.
        limit: how many at most.
    """
    params = {
        "provider": provider_id,
        "source": source,
        "type": EVENT_TYPE,
        "most": WAITING_MAX,
        "limit": limit,
    }
    found = []
    for line, calls, last_at in fetch_all(_WAITING, params):
        kind, colon, value = line.partition(":")
        is_line = colon and kind in {"number", "trunk"}
        found.append(
            WaitingLine(kind, value, calls, last_at)
            if is_line
            else WaitingLine("account", line, calls, last_at)
        )
    return found


def list_folders(provider_id: int) -> list[Folder]:
    """Return a provider's watched folders, then those that were.

    Args:
        provider_id: whose; its scope is open.
    """
    return [Folder(**row) for row in fetch_dicts(_FOLDERS, {"provider": provider_id})]
