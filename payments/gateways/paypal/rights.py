"""What a PayPal app must be allowed to do, and how that is found out by reading, which changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from billing_platform.kernel.clock import now
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from payments.gateways.paypal.api import Api

# Nobody's: PayPal says that it is not found where the app may ask, and that it may not ask where it may not.
NOBODYS: Final = "connection-test"
# The features as an app's page in PayPal's dashboard calls them, each with what reads it.
_ALWAYS: Final = {
    "Webhooks": "/v1/notifications/webhooks-events?page_size=1",
    "Customer disputes": f"/v1/customer/disputes/{NOBODYS}",
}
_VAULT: Final = f"/v3/vault/setup-tokens/{NOBODYS}"


def refuse_missing_rights(api: Api, *, keeps_in_vault: bool) -> None:
    """Refuse an app that may not do all that we need.

    Args:
        api: of the app.
        keeps_in_vault: payers' agreements are tokens of the vault.

    Raises:
        GatewayRejected: `permission`, naming every feature that is missing, or the credentials are not taken.
        GatewayUnavailable: no answer.

    Source: https://developer.paypal.com/api/rest/#link-createandmanageappspage (features of an app) and
    https://developer.paypal.com/docs/api/transaction-search/v1/ (it is asked for, and works nine hours later).
    """
    missing = [
        name for name, path in _wanted(keeps_in_vault=keeps_in_vault) if _is_denied(api, path)
    ]
    if missing:
        raise GatewayRejected("permission", f"The app lacks: {', '.join(missing)}.")


def _wanted(*, keeps_in_vault: bool) -> Iterator[tuple[str, str]]:
    yield from _ALWAYS.items()
    starts = now() - timedelta(days=1)
    written = "%Y-%m-%dT%H:%M:%SZ"
    span = {
        "start_date": starts.strftime(written),
        "end_date": (starts + timedelta(hours=1)).strftime(written),
        "page_size": 1,
    }
    # Without it nobody can prove that a charge whose answer was lost was never made, and nothing can be reconciled.
    yield "Transaction search", f"/v1/reporting/transactions?{urlencode(span)}"
    if keeps_in_vault:
        yield "Vault", _VAULT


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
