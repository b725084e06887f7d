"""Who changed what at a provider and its tenants: the histories that triggers write, newest first. Called by pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_dicts
from tenants.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

# Kind, table, column of the provider, tenant.
_TABLES: Final = (
    ("provider", "tenants_provider_event", "id", "0"),
    ("host", "tenants_host_event", "provider_id", "0"),
    ("setting", "tenants_setting_event", "provider_id", "0"),
    ("api_key", "tenants_api_key_event", "provider_id", "0"),
    ("provider_member", "tenants_provider_member_event", "provider_id", "0"),
    ("tenant", "tenants_tenant_event", "provider_id", "e.id"),
    ("tenant_profile", "tenants_tenant_profile_event", "provider_id", "e.tenant_id"),
    ("tenant_member", "tenants_tenant_member_event", "provider_id", "e.tenant_id"),
    ("suspension", "tenants_suspension_event", "provider_id", "e.tenant_id"),
)
CHANGE_KINDS: Final = tuple(kind for kind, *_ in _TABLES)
# What a transaction changed stands under one moment, so a page ends with all rows of its last moment.
_BRANCH: Final = """
(SELECT '{kind}' AS kind, e.pgh_id, e.pgh_created_at AS at, e.pgh_label AS label, {tenant} AS tenant_id,
        (e.pgh_context ->> 'user')::bigint AS user_id, (e.pgh_context ->> 'hijacker')::bigint AS hijacker_id,
        to_jsonb(e) AS content,
        (SELECT to_jsonb(b) FROM {table} b WHERE b.{provider} = %(provider)s AND b.pgh_obj_id = e.pgh_obj_id
            AND b.pgh_id < e.pgh_id ORDER BY b.pgh_id DESC LIMIT 1) AS former
   FROM {table} e
  WHERE e.{provider} = %(provider)s AND e.pgh_created_at < %(until)s AND e.pgh_created_at >= %(since)s
    AND (%(tenant)s = 0 OR {tenant} = %(tenant)s)
    AND (%(user)s = 0 OR %(user)s IN ((e.pgh_context ->> 'user')::bigint, (e.pgh_context ->> 'hijacker')::bigint))
  ORDER BY e.pgh_created_at DESC FETCH FIRST %(limit)s ROWS WITH TIES)
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a history.

    Attributes:
        kind: of CHANGE_KINDS.
        label: insert, update or delete.
        tenant_id: whose it is; 0 for the provider's own.
        user_id: who did it; None for the system.
        hijacker_id: who did it through that person's eyes, or None.
        content: the row as it was written, or as it was last when it is deleted.
        former: the row before, where it is known.
    """

    kind: str
    at: datetime
    label: str
    tenant_id: int
    user_id: int | None
    hijacker_id: int | None
    content: Mapping[str, Any]
    former: Mapping[str, Any] | None


def list_changes(
    provider_id: int,
    *,
    since: datetime,
    until: datetime,
    limit: int,
    tenant_id: int = 0,
    user_id: int = 0,
    kind: str = "",
) -> list[Change]:
    """Return changes, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        since: from when.
        until: before when.
        limit: how many at most, more only where the last ones happened at one moment.
        tenant_id: of one tenant only; 0 for all.
        user_id: by one person only, also through another's eyes; 0 for all.
        kind: of CHANGE_KINDS; empty for all.
    """
    tables = [row for row in _TABLES if kind in {"", row[0]}]
    branches = [
        _BRANCH.format(kind=name, table=table, provider=provider, tenant=tenant)
        for name, table, provider, tenant in tables
    ]
    union = " UNION ALL ".join(branches)
    sql = f"SELECT * FROM ({union}) AS c ORDER BY at DESC, kind, pgh_id DESC"
    wanted = {"provider": provider_id, "tenant": tenant_id, "user": user_id, "limit": limit}
    rows = fetch_dicts(sql, {**wanted, "since": since, "until": until})
    return [_change(row) for row in newest(rows, limit)]


def newest(rows: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return the first rows of a list that is sorted by `at`, with all of the last one's moment.

    Args:
        rows: the newest first.
        limit: how many, unless the last ones happened at one moment.
    """
    if len(rows) <= limit:
        return rows
    last = rows[limit - 1]["at"]
    return [row for row in rows if row["at"] >= last]


def emails_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return people's addresses by their numbers, also of those who are members no more.

    Args:
        user_ids: numbers that stand in the provider's own histories.
    """
    wanted = set(user_ids)
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "email")) if wanted else {}


def _change(row: dict[str, Any]) -> Change:
    del row["pgh_id"]
    former = row.pop("former")
    content = json.loads(row.pop("content"))
    return Change(content=content, former=None if former is None else json.loads(former), **row)
