"""Warn of credit that is about to expire: one message per wallet and day of expiry, once. The daily job calls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.outbox import ring
from billing_platform.kernel.rows import execute
from tenants.registry_promotions import PROMOTIONS_WARNING_DAYS
from tenants.selectors.providers import provider_view
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

EXPIRY_TOPIC: Final = "grant.expiry"

_SEND: Final = """
INSERT INTO kernel_outbox (provider_id, tenant_id, topic, payload, dedupe_key, created_at, available_at)
SELECT %(provider)s, g.tenant_id, %(topic)s,
       jsonb_build_object('wallet_id', g.wallet_id, 'currency', w.currency, 'at', min(g.expires_at),
                          'amount_minor', sum(g.remaining)),
       'expiry:' || g.wallet_id || ':' || (g.expires_at AT TIME ZONE %(zone)s)::date, %(now)s, %(now)s
  FROM accounts_credit_grant g JOIN accounts_wallet w ON w.provider_id = g.provider_id AND w.id = g.wallet_id
 WHERE g.provider_id = %(provider)s AND g.remaining > 0 AND g.expires_at > %(now)s AND g.expires_at <= %(until)s
 GROUP BY g.tenant_id, g.wallet_id, w.currency, (g.expires_at AT TIME ZONE %(zone)s)::date
 ORDER BY g.wallet_id
ON CONFLICT (provider_id, topic, dedupe_key) WHERE NOT dedupe_key = '' DO NOTHING
"""


def warn_of_expiry(*, provider_id: int, now: datetime) -> int:
    """Write the warnings of credit that expires within the provider's days of notice.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment.

    Returns:
        How many are new.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by wallet and day of expiry, for ever.
    """
    require_atomic()
    days: int = get_setting(provider_id, PROMOTIONS_WARNING_DAYS)
    params = {
        "provider": provider_id,
        "topic": EXPIRY_TOPIC,
        "zone": provider_view(provider_id).time_zone,
        "now": now,
        "until": now + timedelta(days=days),
    }
    count = execute(_SEND, params) if days else 0
    if count:
        ring()
    return count
