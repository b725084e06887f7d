"""What a PayPal app must be allowed to do, and how that is found out by reading, which changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from billing_platform.kernel.clock import now
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from payments.gateways.paypal.api import Api

# Nobody's: PayPal says that it is not found where the app may ask, and that it may not ask where it may not.
NOBODYS: Final = "connection-test"
# The features as an app's page in PayPal's dashboard calls them, each with what reads it.
_WEBHOOKS: Final = {"Webhooks": "/v1/notifications/webhooks-events?page_size=1"}
_VAULT: Final = {"Vault": f"/v3/vault/setup-tokens/{NOBODYS}"}


def check_rights(api: Api, *, keeps_in_vault: bool) -> tuple[str, ...]:
    """Refuse an app that may not do what payments need, and tell what else it may not do.

    Args:
        api: of the app.
        keeps_in_vault: payers' agreements are tokens of the vault.

    Returns:
        The features that are missing and without which money is taken and given back all the same.

    Raises:
        GatewayRejected: `permission`, naming every feature that is missing, or the credentials are not taken.
        GatewayUnavailable: no answer.

    Source: https://developer.paypal.com/api/rest/#link-createandmanageappspage (features of an app) and
    https://developer.paypal.com/docs/api/transaction-search/v1/ (it is asked for, and works nine hours later).
    """
    needed = _WEBHOOKS | _VAULT if keeps_in_vault else _WEBHOOKS
    refused = _denied(api, needed)
    lacks = _denied(api, _useful())
    if refused:
        raise GatewayRejected("permission", f"The app lacks: {', '.join((*refused, *lacks))}.")
    return lacks


def _useful() -> dict[str, str]:
    starts = now() - timedelta(days=1)
    written = "%Y-%m-%dT%H:%M:%SZ"
    span = {
        "start_date": starts.strftime(written),
        "end_date": (starts + timedelta(hours=1)).strftime(written),
        "page_size": 1,
    }
    return {
        "Customer disputes": f"/v1/customer/disputes/{NOBODYS}",
        # Without it nobody can prove that a charge whose answer was lost was never made, nor reconcile anything.
        "Transaction search": f"/v1/reporting/transactions?{urlencode(span)}",
    }


def _denied(api: Api, features: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name, path in features.items() if _is_denied(api, path))


def _is_denied(api: Api, path: str) -> bool:
    try:
        api.call("GET", path)
    except GatewayUnavailable as error:
        if error.reason != "denied":
            raise
        return True
    except GatewayRejected as error:
        if error.code in KEY_CODES:
            raise
    return False
