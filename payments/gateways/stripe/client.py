"""Calls of Stripe's SDK: what they return as plain dictionaries, and every error of theirs as one of our two."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import stripe

from payments.gateways.errors import GatewayRejected, GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The SDK's pin, written down so that another SDK is a visible change.
API_VERSION: Final = "2026-10-28.endive"
API_URL: Final = "https://api.stripe.com"
PAGE_SIZE: Final = 100
# What a restricted key may not read says nothing of what was asked for, and payments may go through all the same.
READS: Final = frozenset({"list", "retrieve"})
NOT_ALLOWED: Final = "Stripe does not let this key read that."
# Telemetry writes a file and sends figures of one provider's calls with another's.
stripe.enable_telemetry = False
# At its finer levels the SDK writes whole answers, and a webhook's secret is in one of them.
logging.getLogger("stripe").setLevel(logging.WARNING)


def connect(api_key: str, api_url: str) -> stripe.StripeClient:
    """Return a client of one key; it shares nothing with another's.

    Args:
        api_key: the provider's.
        api_url: base address, without a slash at the end.
    """
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": api_url},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=(3, 20)),
    )


def call(work: Callable[..., Any], *arguments: object) -> dict[str, Any]:
    """Do one call.

    Args:
        work: a method of a service of the SDK.
        arguments: its own.

    Returns:
        The answer as plain dictionaries.

    Raises:
        GatewayRejected: Stripe said no.
        GatewayUnavailable: no answer, or none that is Stripe's.
    """
    try:
        answer: dict[str, Any] = work(*arguments).to_dict()
    except stripe.APIConnectionError as error:
        raise GatewayUnavailable("connection", "Stripe was not reached.") from error
    except stripe.StripeError as error:
        if error.http_status == 403 and work.__name__ in READS:
            raise GatewayUnavailable("denied", error.user_message or NOT_ALLOWED) from error
        raise _mapped(error) from error
    except (AttributeError, TypeError, ValueError, KeyError) as error:
        # The SDK trips over answers that are JSON but no object of Stripe's.
        raise GatewayUnavailable("unknown_state", "Stripe's answer cannot be read.") from error
    return answer


def listed(work: Callable[..., Any], params: dict[str, Any], *before: str) -> Iterator[Any]:
    """Do a list call, page by page.

    Args:
        work: the method `list` of a service.
        params: filters.
        before: arguments that stand before the filters.

    Yields:
        The objects as plain dictionaries, newest first.

    Raises:
        GatewayRejected: Stripe said no.
        GatewayUnavailable: no answer, or none that is Stripe's.
    """
    cursor: dict[str, str] = {}
    while True:
        page = call(work, *before, {**params, **cursor, "limit": PAGE_SIZE})
        found, has_more = page.get("data"), page.get("has_more")
        # A list that is cut short would prove that something is not there: it must be whole to count.
        if (
            not isinstance(found, list)
            or not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in found)
            or not isinstance(has_more, bool)
            or (has_more and not found)
        ):
            raise GatewayUnavailable("unknown_state", "Stripe's list cannot be read.")
        yield from found
        if not has_more:
            return
        cursor = {"starting_after": found[-1]["id"]}


def _mapped(error: stripe.StripeError) -> GatewayRejected | GatewayUnavailable:
    status, message = error.http_status, error.user_message or ""
    name = error.request_id or ""
    if status is None and isinstance(error, stripe.InvalidRequestError):
        # The SDK refused by itself: an empty id leads to no address.
        return GatewayRejected("parameter_invalid", str(error))
    if status == 429:
        return GatewayUnavailable("rate_limit", message, request_id=name)
    if status == 409:
        return GatewayUnavailable("in_progress", message, request_id=name)
    body: Any = error.json_body
    details: Any = body.get("error") if isinstance(body, dict) else None
    if status is None or not 400 <= status < 500 or not isinstance(details, dict):
        return GatewayUnavailable("server", message or "Stripe failed.", request_id=name)
    return _refusal(status, details, message, name)


def _refusal(status: int, details: dict[str, Any], message: str, name: str) -> GatewayRejected:
    if status == 401:
        # Stripe's sentence shows parts of the key.
        return GatewayRejected("authentication", "Stripe does not take this key.", request_id=name)
    left: Any = details.get("payment_intent")
    code = details.get("code") or details.get("type") or "rejected"
    return GatewayRejected(
        "permission" if status == 403 else str(code),
        message,
        decline_code=str(details.get("decline_code") or ""),
        object_id=str(left.get("id") or "") if isinstance(left, dict) else "",
        request_id=name,
    )


def once(key: str) -> dict[str, str]:
    """Return the options of a call that happens once however often it is asked for.

    Args:
        key: of the call.
    """
    return {"idempotency_key": key}


def filled(params: dict[str, Any]) -> dict[str, Any]:
    """Return parameters without the empty ones, which Stripe would take for a deletion.

    Args:
        params: of a call.
    """
    return {name: value for name, value in params.items() if value != ""}


def unless_gone(do: Callable[..., Any], *arguments: Any, also: str = "") -> Any:
    """Do something to an object of Stripe's; None when it is gone.

    Args:
        do: a call.
        arguments: its own.
        also: a further code that is as good as gone.

    Raises:
        GatewayRejected, GatewayUnavailable: anything else that Stripe says.
    """
    try:
        return do(*arguments)
    except GatewayRejected as error:
        if error.code not in {"resource_missing", also}:
            raise
        return None
