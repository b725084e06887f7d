"""What a provider's people posted by hand: credit and corrections, with who did it. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenants.selectors.changes import Mark

# The key of a posting by hand names its person; the keys are sorted byte by byte, so this is a range of the index.
KIND: Final = "posting"
STAFF_PREFIX: Final = "staff:"
_POSTINGS: Final = """
SELECT p.id AS number, p.recorded_at AS at, p.tenant_id, p.kind, p.currency, e.amount_minor,
       coalesce(r.text, '') AS reason,
       CASE WHEN split_part(p.idempotency_key, ':', 2) ~ '^[0-9]{{1,18}}$'
            THEN split_part(p.idempotency_key, ':', 2)::bigint END AS user_id
  FROM accounts_posting p
  JOIN accounts_proof f ON f.provider_id = p.provider_id AND f.posting_id = p.id
  JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id AND e.tenant_id = p.tenant_id
                       AND e.id BETWEEN f.first_entry_id AND f.last_entry_id
  LEFT JOIN accounts_reason r ON r.provider_id = p.provider_id AND r.id = p.reason_id
 WHERE p.provider_id = %(provider)s AND p.idempotency_key >= %(from)s AND p.idempotency_key < %(to)s
   AND {before} AND p.recorded_at >= %(since)s AND (%(tenant)s = 0 OR p.tenant_id = %(tenant)s)
 ORDER BY p.recorded_at DESC, p.id DESC LIMIT %(limit)s
"""
# An approval posts under a key of its own, which names its row; only a row that was approved counts as a signature.
_POSTERS: Final = """
SELECT p.id AS posting_id,
       CASE WHEN split_part(p.idempotency_key, ':', 2) ~ '^[0-9]{1,18}$'
            THEN split_part(p.idempotency_key, ':', 2)::bigint END AS user_id,
       a.decided_by AS approved_by
  FROM accounts_posting p
  LEFT JOIN accounts_approval a ON a.provider_id = p.provider_id AND a.tenant_id = p.tenant_id AND a.state = 'approved'
   AND p.idempotency_key = 'staff:' || a.requested_by || ':approval-' || a.id
 WHERE p.provider_id = %(provider)s AND p.id = ANY(%(postings)s)
   AND p.idempotency_key >= %(from)s AND p.idempotency_key < %(to)s
"""


@dataclass(frozen=True, slots=True)
class StaffPosting:
    """A posting by hand; `user_id` is who made it, None where the key names nobody."""

    number: int
    at: datetime
    tenant_id: int
    kind: str
    currency: str
    amount_minor: int
    reason: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Poster:
    """Who posted by hand, and who approved it where a second person had to."""

    posting_id: int
    user_id: int | None
    approved_by: int | None


def posters_of(provider_id: int, posting_ids: Sequence[int]) -> list[Poster]:
    """Return who made some postings, by one query; postings that no person made are left out.

    Args:
        provider_id: whose; its scope is open.
        posting_ids: which.
    """
    wanted = {
        "provider": provider_id,
        "postings": list(posting_ids),
        "from": STAFF_PREFIX,
        "to": f"{STAFF_PREFIX[:-1]};",
    }
    return [Poster(**row) for row in fetch_dicts(_POSTERS, wanted)]


def staff_postings(
    provider_id: int,
    *,
    since: datetime,
    until: Mark,
    limit: int,
    tenant_id: int = 0,
    user_id: int = 0,
) -> list[StaffPosting]:
    """Return postings by hand, newest first, by one query.

    Args:
        provider_id: whose; its scope is open.
        since: from when.
        until: before which place of the audit log.
        limit: how many at most.
        tenant_id: of one tenant only; 0 for all.
        user_id: by one person only; 0 for all.
    """
    begins = f"{STAFF_PREFIX}{user_id}:" if user_id else STAFF_PREFIX
    wanted = {
        "provider": provider_id,
        "from": begins,
        "to": f"{begins[:-1]};",
        "since": since,
        "until": until.at,
        "until_number": until.number,
        "tenant": tenant_id,
        "limit": limit,
    }
    sql = _POSTINGS.format(before=until.before(KIND, "p.recorded_at", "p.id"))
    return [StaffPosting(**row) for row in fetch_dicts(sql, wanted)]
