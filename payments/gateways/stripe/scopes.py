"""What a restricted key must be allowed to do, and how that is found out without changing anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.stripe.client import call

if TYPE_CHECKING:
    from collections.abc import Callable

    import stripe

# No call of Stripe's takes it, so a permitted call is refused for it and does nothing.
PROBE = {"connection_test": "1"}


def refuse_missing_scopes(v1: stripe.V1Services) -> None:
    """Refuse a restricted key that may not do all that we need.

    Args:
        v1: the services of the key's client.

    Raises:
        GatewayRejected: `permission`, naming every permission that is missing.
        GatewayUnavailable: no answer.

    Source: https://docs.stripe.com/keys#limit-access; Stripe checks permissions before parameters (recalled).
    """
    reads: list[Callable[..., Any]] = [
        v1.events.list,
        v1.disputes.list,
        v1.balance_transactions.list,
    ]
    writes: list[Callable[..., Any]] = [
        v1.customers.create,
        v1.payment_intents.create,
        v1.setup_intents.create,
        v1.checkout.sessions.create,
        v1.refunds.create,
        v1.webhook_endpoints.create,
    ]
    missing = [_missing(work, {"limit": 1}) for work in reads]
    missing += [_missing(work, PROBE) for work in writes]
    missing.append(_missing(v1.payment_methods.detach, "pm_connection_test", PROBE))
    if found := sorted({name for name in missing if name}):
        raise GatewayRejected("permission", f"The key lacks: {', '.join(found)}.")


def _missing(work: Callable[..., Any], *arguments: object) -> str:
    try:
        call(work, *arguments)
    except GatewayUnavailable as error:
        if error.reason != "denied":
            raise
        return _named(error.message)
    except GatewayRejected as error:
        return _named(error.message) if error.code == "permission" else ""
    return ""


def _named(words: str) -> str:
    named = re.search(r"rak_\w+", words)
    return named.group() if named else words
