"""How the demo's customers pay: an account per provider at the gateways' simulators, connected as a person would."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import urllib.request
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.urls import reverse

from billing_platform.demo_data.cast import PROVIDERS
from billing_platform.kernel.scope import provider_scope
from payments.selectors.connections import connection_by_public_id, list_connections
from payments.selectors.gateways import installed_gateways
from payments.services.connections import (
    check_connection,
    create_connection,
    replace_credentials,
)
from payments.services.gateways import sets_up_webhooks
from payments.services.webhook_secrets import save_secret, set_up_webhook
from tenants.selectors.providers import provider_id_by_slug

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoProvider
    from payments.types import ConnectionView

# Gateway and what customers read, in the order in which they see them.
WAYS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "nimbus": (("stripe", "Card or bank account"), ("paypal", "PayPal")),
    "sonora": (("stripe", "Card"), ("razorpay", "Razorpay"), ("paypal", "PayPal")),
}
ANSWER_SECONDS: Final = 10


def connect_gateways(*, now: datetime) -> list[str]:
    """Connect the providers of the demo where simulators run; elsewhere nobody can pay online and nothing is done.

    Args:
        now: the present moment; no transaction is open.

    Returns:
        The connections, for instance `nimbus stripe`.

    Raises:
        DomainError, OSError: as `connect_provider`.

    Idempotency: as `connect_provider`.
    """
    return [done for provider in PROVIDERS for done in connect_provider(provider, now=now)]


def connect_provider(provider: DemoProvider, *, now: datetime) -> list[str]:
    """Connect one provider of the demo where simulators run; elsewhere nothing is done.

    Args:
        provider: which; it is there already.
        now: the present moment; no transaction is open.

    Returns:
        The connections, for instance `nimbus stripe`.

    Raises:
        DomainError: a simulator refuses what a gateway would take.
        OSError: the simulators do not answer.

    Idempotency: a connection that works stays; lost accounts are opened anew, and webhooks follow the demo's port.
    """
    if not settings.GATEWAY_SIMULATORS_CONTROL:
        return []
    known = {view.code for view in installed_gateways()} & set(settings.GATEWAY_ENDPOINTS)
    ways = [(gateway, label) for gateway, label in WAYS[provider.slug] if gateway in known]
    for gateway, label in ways:
        _connect(provider, gateway, label, now)
    return [f"{provider.slug} {gateway}" for gateway, _label in ways]


def _connect(provider: DemoProvider, gateway: str, label: str, now: datetime) -> None:
    provider_id, slug = provider_id_by_slug(provider.slug), provider.slug
    with provider_scope(provider_id):
        views = [view for view in list_connections(provider_id) if view.gateway == gateway]
    if not views:
        public_id, is_new = _create(provider_id, slug, gateway, label, now), True
    else:
        # The first one that was made; people may have added others.
        public_id = min(views, key=lambda view: view.id).public_id
        result = check_connection(provider_id=provider_id, public_id=public_id, now=now)
        is_new = not result.is_ok
        if is_new:
            replace_credentials(
                provider_id=provider_id,
                public_id=public_id,
                credentials=_open_account(gateway, slug),
                now=now,
            )
    with provider_scope(provider_id):
        view = connection_by_public_id(provider_id, public_id)
        by_api = sets_up_webhooks(provider_id=provider_id, connection_id=view.id)
    path = reverse("gateway-webhook", args=[view.gateway, view.webhook_token])
    url = f"{address_of(provider)}{path}"
    if not by_api:
        _enter_webhook(provider_id, view, url, now)
    elif is_new or view.webhook_url != url:
        set_up_webhook(provider_id=provider_id, public_id=public_id, url=url, now=now)


def _create(provider_id: int, slug: str, gateway: str, label: str, now: datetime) -> str:
    return create_connection(
        provider_id=provider_id,
        gateway=gateway,
        label=label,
        credentials=_open_account(gateway, slug),
        now=now,
    )


def _enter_webhook(provider_id: int, view: ConnectionView, url: str, now: datetime) -> None:
    """Enter address and secret in the simulated dashboard, as people do where the gateway has no API for it."""
    # The same each time, so that a further start changes nothing; the token in it is nobody else's.
    secret = hashlib.sha256(f"demo webhook {view.webhook_token}".encode()).hexdigest()[:32]
    details = {"account": view.account_id, "url": url, "secret": secret}
    act(f"{view.gateway}/set_webhook", details)
    if view.secret_hint != secret[-4:]:
        save_secret(provider_id=provider_id, public_id=view.public_id, secret=secret, now=now)


def _open_account(gateway: str, slug: str) -> dict[str, str]:
    """Open an account, or give it further keys, and return what is entered to connect it."""
    words = secrets.token_hex(12)
    match gateway:
        case "stripe":
            found = {"secret_key": f"sk_test_{words}", "publishable_key": f"pk_test_{words}"}
            for key in found.values():
                act("stripe/open_account", {"account": f"acct_{slug}", "key": key})
        case "razorpay":
            account, key = f"acc_{slug}", f"rzp_test_{words[:14]}"
            found = {
                "key_id": key,
                "key_secret": words,
                "account_id": account,
                "recurring": "on",
            }
            told = {"account": account, "key": key, "secret": words, "is_recurring": True}
            act("razorpay/open_account", told)
        case _:
            client = f"{slug}-{secrets.token_hex(12)}"
            found = {"client_id": client, "client_secret": words, "environment": "sandbox"}
            details = {"account": slug, "client_id": client, "secret": words}
            act(f"{gateway}/open_account", details)
    return found


def address_of(provider: DemoProvider) -> str:
    """Return where a provider's pages are in this demo, without a slash at the end.

    Args:
        provider: which.
    """
    return f"http://{provider.host}:{os.environ.get('PORT') or '8000'}"


def act(path: str, details: Mapping[str, Any]) -> dict[str, Any]:
    """Do at the simulators what people do in a gateway's dashboard, or banks, and return what is there afterwards.

    Args:
        path: gateway and action, for instance `stripe/dispute_open`.
        details: of what is done.

    Raises:
        OSError: the simulators do not answer, or refuse.
    """
    url = f"{settings.GATEWAY_SIMULATORS_CONTROL}/{path}"
    body = json.dumps(details).encode()
    with urllib.request.urlopen(url, body, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - loopback, from the environment
        return dict(json.load(answer))
