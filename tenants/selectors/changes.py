"""Who changed what at a provider and its tenants: the histories that triggers write, newest first. Called by pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from billing_platform.kernel.rows import fetch_all, fetch_dicts
from tenants.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime


class History(NamedTuple):
    """A kind of row whose changes are kept: the table that keeps them, and the columns of provider and tenant."""

    kind: str
    table: str
    provider: str = "provider_id"
    tenant: str = "0"


OWN_HISTORIES: Final = (
    History("provider", "tenants_provider_event", provider="id"),
    History("host", "tenants_host_event"),
    History("setting", "tenants_setting_event"),
    History("api_key", "tenants_api_key_event"),
    History("provider_member", "tenants_provider_member_event"),
    History("tenant", "tenants_tenant_event", tenant="e.id"),
    History("tenant_profile", "tenants_tenant_profile_event", tenant="e.tenant_id"),
    History("tenant_member", "tenants_tenant_member_event", tenant="e.tenant_id"),
    History("suspension", "tenants_suspension_event", tenant="e.tenant_id"),
)
# Which rows come first is asked without what they hold: planning that for every table takes longer than all the rest.
_BRANCH: Final = """
(SELECT '{kind}' AS kind, e.pgh_id AS number, e.pgh_created_at AS at
   FROM {table} e
  WHERE e.{provider} = %(provider)s AND e.pgh_created_at >= %(since)s AND {before} AND e.pgh_label <> 'before'
    AND (%(tenant)s = 0 OR {tenant} = %(tenant)s)
    AND (%(user)s = 0 OR %(user)s IN ((e.pgh_context ->> 'user')::bigint, (e.pgh_context ->> 'hijacker')::bigint))
  ORDER BY e.pgh_created_at DESC, e.pgh_id DESC LIMIT %(limit)s)
"""
_CONTENT: Final = """
SELECT '{kind}' AS kind, e.pgh_id AS number, e.pgh_created_at AS at, e.pgh_label AS label, {tenant} AS tenant_id,
       (e.pgh_context ->> 'user')::bigint AS user_id, (e.pgh_context ->> 'hijacker')::bigint AS hijacker_id,
       to_jsonb(e) AS content,
       (SELECT to_jsonb(b) FROM {table} b WHERE b.{provider} = %(provider)s AND b.id = e.id {same}
           AND b.pgh_id < e.pgh_id ORDER BY b.pgh_id DESC LIMIT 1) AS former
  FROM {table} e WHERE e.{provider} = %(provider)s AND e.pgh_id = ANY(%(of_{kind})s)
"""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the log, newest first: the moment, then the kind, then the row's number."""

    at: datetime
    kind: str = ""
    number: int = 0

    def before(self, kind: str, at: str, number: str) -> str:
        """Return the condition for rows of a kind that come after this place, so the older ones.

        Args:
            kind: of the rows.
            at: the column of their moment.
            number: the column of their number.
        """
        if kind == self.kind:
            return f"({at}, {number}) < (%(until)s, %(until_number)s)"
        return f"{at} <= %(until)s" if kind < self.kind else f"{at} < %(until)s"


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a history.

    Attributes:
        kind: of a history.
        number: of the row, within its kind.
        label: insert, update or delete.
        tenant_id: whose it is; 0 for the provider's own.
        user_id: who did it; None for the system.
        hijacker_id: who did it through that person's eyes, or None.
        content: the row as it was written, or as it was last when it is deleted.
        former: the row before, where it is known.
    """

    kind: str
    number: int
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
    until: Mark,
    limit: int,
    tenant_id: int = 0,
    user_id: int = 0,
    kind: str = "",
    histories: Sequence[History] = OWN_HISTORIES,
) -> list[Change]:
    """Return changes, newest first, by two queries: which they are, then what they hold.

    Args:
        provider_id: whose; its scope is open.
        since: from when.
        until: before which place; a mark without a kind is before its moment.
        limit: how many at most.
        tenant_id: of one tenant only; 0 for all.
        user_id: by one person only, also through another's eyes; 0 for all.
        kind: of the histories; empty for all.
        histories: which are read; parts above this one have some of their own.
    """
    tables = [row for row in histories if kind in {"", row.kind}]
    branches = [
        _BRANCH.format(
            **row._asdict(), before=until.before(row.kind, "e.pgh_created_at", "e.pgh_id")
        )
        for row in tables
    ]
    union = " UNION ALL ".join(branches)
    sql = f"SELECT kind, number FROM ({union}) AS c ORDER BY at DESC, kind DESC, number DESC LIMIT %(limit)s"
    wanted = {"provider": provider_id, "tenant": tenant_id, "user": user_id, "limit": limit}
    bounds = {"since": since, "until": until.at, "until_number": until.number}
    places = fetch_all(sql, {**wanted, **bounds})
    found = dict(_contents(provider_id, tables, places))
    return [found[place] for place in places]


def _contents(
    provider_id: int, tables: Sequence[History], places: Sequence[tuple[str, int]]
) -> Iterator[tuple[tuple[str, int], Change]]:
    numbers: dict[str, list[int]] = {}
    for kind, number in places:
        numbers.setdefault(kind, []).append(number)
    parts = [
        _CONTENT.format(
            **row._asdict(),
            same="AND b.tenant_id = e.tenant_id" if row.tenant == "e.tenant_id" else "",
        )
        for row in tables
        if row.kind in numbers
    ]
    sql = " UNION ALL ".join(parts)
    wanted = {f"of_{kind}": found for kind, found in numbers.items()}
    for row in fetch_dicts(sql, {"provider": provider_id, **wanted}) if parts else []:
        yield (row["kind"], row["number"]), _change(row)


def emails_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return people's addresses by their numbers, also of those who are members no more.

    Args:
        user_ids: numbers that stand in the provider's own histories.
    """
    wanted = set(user_ids)
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "email")) if wanted else {}


def _change(row: dict[str, Any]) -> Change:
    former = row.pop("former")
    content = json.loads(row.pop("content"))
    return Change(content=content, former=None if former is None else json.loads(former), **row)
