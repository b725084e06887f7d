"""Events and the addresses that they are sent to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from stripe import WebhookSignature

from gateway_simulators.stripe.account import listing, shown
from gateway_simulators.stripe.problems import Form, Object, Problem, check, metadata

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

API_VERSION: Final = "2026-10-28.endive"
OVERLAP_S: Final = 86_400


def emit(account: Account, kind: str, about: Object) -> None:
    """Make an event and put it on its way to every address that wants it.

    Args:
        account: where it happened.
        kind: Stripe's word.
        about: the object as it is now.
    """
    event = account.add(
        "evt",
        "event",
        type=kind,
        api_version=API_VERSION,
        data={"object": shown(about)},
        pending_webhooks=0,
        request={"id": None, "idempotency_key": account.request_key or None},
    )
    for endpoint in account.all("webhook_endpoint", status="enabled"):
        wanted = endpoint["enabled_events"]
        if kind in wanted or "*" in wanted:
            account.world.sender.post(
                gateway="stripe",
                url=endpoint["url"],
                secret=_secrets(account, endpoint),
                event_id=event["id"],
                body=json.dumps(shown(event)),
            )


def _secrets(account: Account, endpoint: Object) -> str:
    is_rolled = account.now < endpoint["_previous_until"]
    return f"{endpoint['_secret']} {endpoint['_previous']}" if is_rolled else endpoint["_secret"]


def sign(body: str, secret: str, at: int, event_id: str) -> dict[str, str]:
    """Sign a delivery by the SDK's own function, with both secrets while one is rolled.

    Args:
        body: what is signed.
        secret: one, or two with a space between them.
        at: the signature's time.
        event_id: not part of Stripe's signature.
    """
    headers = [WebhookSignature.generate_signature_header(body, one, at) for one in secret.split()]
    return {"Stripe-Signature": ",".join([headers[0], *(one.split(",")[1] for one in headers[1:])])}


def list_events(account: Account, form: Form) -> Object:
    """List events: `GET /v1/events`."""
    kinds = {value for name, value in form.items() if name.startswith("types[")}
    rest = {name: value for name, value in form.items() if not name.startswith("types[")}
    found = [one for one in account.all("event") if not kinds or one["type"] in kinds]
    return listing("/v1/events", rest, found, filters=("type",))


def create_endpoint(account: Account, form: Form) -> Object:
    """Register an address: `POST /v1/webhook_endpoints`; the secret is in this answer only."""
    check(
        form,
        required=("url", "enabled_events[]"),
        optional=("api_version", "description", "metadata"),
    )
    parts = urlsplit(form["url"])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Problem(
            400,
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
    if len(account.all("webhook_endpoint")) >= 16:
        raise Problem(400, "You have reached the maximum of 16 test webhook endpoints.")
    wanted = [value for name, value in form.items() if name.startswith("enabled_events[")]
    made = account.add(
        "we",
        "webhook_endpoint",
        url=form["url"],
        enabled_events=wanted,
        api_version=form.get("api_version"),
        description=form.get("description"),
        metadata=metadata(form),
        status="enabled",
        _previous="",
        _previous_until=0,
    )
    made["_secret"] = f"whsec_{made['id']}"
    return {**made, "secret": made["_secret"]}


def list_endpoints(account: Account, form: Form) -> Object:
    """List the addresses: `GET /v1/webhook_endpoints`."""
    return listing("/v1/webhook_endpoints", form, account.all("webhook_endpoint"))


def delete_endpoint(account: Account, form: Form, name: str) -> Object:
    """Forget an address: `DELETE /v1/webhook_endpoints/{id}`."""
    check(form)
    account.find("webhook_endpoint", name)
    account.remove(name)
    return {"id": name, "object": "webhook_endpoint", "deleted": True}


def roll_secret(account: Account, name: str) -> str:
    """Give an address a new secret; the old one signs too for a day.

    Args:
        account: whose.
        name: the address's id.

    Returns:
        The new secret.
    """
    endpoint = account.find("webhook_endpoint", name)
    endpoint["_previous"] = endpoint["_secret"]
    endpoint["_previous_until"] = account.now + OVERLAP_S
    endpoint["_secret"] = f"{endpoint['_secret']}r"
    return str(endpoint["_secret"])
