"""What a provider's people posted by hand: credit and corrections, with who did it. Called by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_dicts

if TYPE_CHECKING:
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
  JOIN accounts_entry e ON e.provider_id = p.provider_id AND e.posting_id = p.id AND e.tenant_id = p.tenant_id
  LEFT JOIN accounts_reason r ON r.provider_id = p.provider_id AND r.id = p.reason_id
 WHERE p.provider_id = %(provider)s AND p.idempotency_key >= %(from)s AND p.idempotency_key < %(to)s
   AND {before} AND p.recorded_at >= %(since)s AND (%(tenant)s = 0 OR p.tenant_id = %(tenant)s)
 ORDER BY p.recorded_at DESC, p.id DESC LIMIT %(limit)s
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
