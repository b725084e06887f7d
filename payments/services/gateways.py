"""Make the gateway of a connection: one instance per version of its secrets. Called by the services of payments."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django.conf import settings

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from payments.errors import (
    ConnectionNotFound,
    InvalidCredentials,
    NoSealingKey,
    UnknownGateway,
    WrongMode,
)
from payments.gateways.errors import GatewayRejected
from payments.gateways.kinds import Endpoint, WebhookSecrets
from payments.gateways.protocol import OffersForms
from payments.gateways.registry import gateway_kinds
from payments.models import Connection, Credential
from payments.selectors.connections import offered_connections
from payments.services.encryption import unseal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payments.gateways.forms import FormScript
    from payments.gateways.kinds import GatewayKind
    from payments.gateways.protocol import Gateway
    from payments.types import ConnectionView


# Every call of a gateway begins with it: one question for both rows.
_SEALED: Final = """
SELECT c.gateway, c.is_live, s.sealed, s.secret_sealed, s.previous_sealed, s.previous_until
  FROM payments_connection c
  JOIN payments_credential s ON s.provider_id = c.provider_id AND s.connection_id = c.id
 WHERE c.provider_id = %s AND c.id = %s
"""


@dataclass(frozen=True, slots=True)
class WebhookSeals:
    """The sealed secrets of a connection's webhooks."""

    current: str
    previous: str
    previous_until: datetime | None


def kind_of(code: str) -> GatewayKind:
    """Return an installed gateway.

    Args:
        code: its stable word.

    Raises:
        UnknownGateway: none has it.
    """
    kind = gateway_kinds().get(code)
    if kind is None:
        raise UnknownGateway
    return kind


def load_gateway(*, provider_id: int, connection_id: int) -> Gateway:
    """Return the gateway of a connection, ready to be called.

    Args:
        provider_id: whose; its scope is open.
        connection_id: which.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        UnknownGateway: its gateway is not installed any more.
        WrongMode: simulators run and the connection moves real money.
        NoSealingKey: no key opens its secrets.
        InvalidCredentials: they are no credentials of this gateway.
    """
    row = fetch_one(_SEALED, [provider_id, connection_id])
    if row is None:
        raise ConnectionNotFound
    code, is_live, sealed, *webhook = row
    if is_live and settings.GATEWAY_SIMULATORS:
        raise WrongMode
    return _connected(code, sealed, WebhookSeals(*webhook), json.dumps(_endpoint_words(code)))


def connect(
    kind: GatewayKind, credentials: Mapping[str, str], secrets: WebhookSecrets | None = None
) -> Gateway:
    """Return a gateway of credentials that are not stored yet.

    Args:
        kind: which gateway.
        credentials: by the names of its fields.
        secrets: of its webhooks, if any.

    Raises:
        InvalidCredentials: they cannot be this gateway's.
        WrongMode: simulators run and they move real money.
    """
    if settings.GATEWAY_SIMULATORS and kind.is_live(credentials):
        raise WrongMode
    words = _endpoint_words(kind.code)
    try:
        return kind.connect(credentials, secrets or WebhookSecrets(""), _endpoint(words))
    except GatewayRejected as error:
        raise InvalidCredentials(message=error.message) from error


# One instance per version of the secrets, so that an access token is asked for once, and never another's is used:
# the sealed text differs between any two connections and any two versions of one.
@lru_cache(maxsize=256)
def _connected(code: str, sealed: str, webhook: WebhookSeals, endpoint: str) -> Gateway:
    secrets = WebhookSecrets(
        current=unseal(webhook.current) if webhook.current else "",
        previous=_opened(webhook.previous),
        previous_until=webhook.previous_until,
    )
    kind, credentials = kind_of(code), json.loads(unseal(sealed))
    try:
        return kind.connect(credentials, secrets, _endpoint(json.loads(endpoint)))
    except GatewayRejected as error:
        raise InvalidCredentials(message=error.message) from error


def _opened(previous: str) -> str:
    """Return the secret before the last, "" where no key opens it: the connection works without it."""
    with suppress(NoSealingKey):
        return unseal(previous) if previous else ""
    return ""


def forget_gateways() -> None:
    """Let go of all instances and their open connections."""
    _connected.cache_clear()


# Two processes on one open connection would read each other's answers.
os.register_at_fork(after_in_child=forget_gateways)


def _endpoint_words(code: str) -> dict[str, Any]:
    named: dict[str, str] = settings.GATEWAY_ENDPOINTS.get(code, {})
    return {**named, "is_simulated": bool(settings.GATEWAY_SIMULATORS)}


def _endpoint(words: dict[str, Any]) -> Endpoint:
    return Endpoint(
        url=words.get("url", ""),
        is_simulated=words["is_simulated"],
        trust_root=words.get("trust_root", ""),
        script_url=words.get("script_url", "") if words["is_simulated"] else "",
    )


def sets_up_webhooks(*, provider_id: int, connection_id: int) -> bool:
    """Return whether a connection's webhooks are registered by the gateway's API, else by hand in its dashboard.

    Args:
        provider_id: whose; its scope is open.
        connection_id: which.

    Raises:
        ConnectionNotFound, UnknownGateway, WrongMode, NoSealingKey, InvalidCredentials: as `load_gateway`.
    """
    gateway = load_gateway(provider_id=provider_id, connection_id=connection_id)
    return gateway.capabilities.sets_up_webhooks


def credential_warnings(*, provider_id: int, connection_id: int) -> list[str]:
    """Return what is to be said about the credentials of a connection, as English source texts.

    Args:
        provider_id: whose; its scope is open.
        connection_id: which.

    Raises:
        ConnectionNotFound, UnknownGateway, NoSealingKey: as `load_gateway`.
    """
    row = Connection.objects.filter(provider_id=provider_id, pk=connection_id).first()
    secret = Credential.objects.filter(provider_id=provider_id, connection_id=connection_id).first()
    if row is None or secret is None:
        raise ConnectionNotFound
    credentials = json.loads(unseal(secret.sealed))
    return [
        field.warning
        for field in kind_of(row.gateway).fields
        if field.warns and re.fullmatch(field.warns, credentials.get(field.name, ""))
    ]


def dispute_address(gateway: str, dispute_id: str, *, is_live: bool) -> str:
    """Return where a dispute is answered in its gateway's own dashboard, "" when there is no such page.

    Where simulators have a page on which somebody is the payer's bank, it is that one.

    Args:
        gateway: the code of the gateway.
        dispute_id: the gateway's id.
        is_live: of a live account.
    """
    if desk := simulated_desk():
        return f"{desk}?{urlencode({'id': dispute_id})}"
    kind = gateway_kinds().get(gateway)
    page = kind.dispute_page if kind else None
    return page(dispute_id, is_live) if page else ""


def simulated_desk() -> str:
    """Return the simulators' page on which payments are disputed, "" where none run."""
    endpoints = settings.GATEWAY_ENDPOINTS.values() if settings.GATEWAY_SIMULATORS else ()
    return next((one["desk"] for one in endpoints if one.get("desk")), "")


@dataclass(frozen=True, slots=True)
class SavingWay:
    """A way to pay whose gateway keeps methods.

    Attributes:
        script: what a browser loads for a form of ours, None where only the gateway's page saves one.
    """

    connection: ConnectionView
    script: FormScript | None


def saving_ways(*, provider_id: int, currency: str) -> list[SavingWay]:
    """Return the ways to pay whose gateway keeps methods for a currency, in the provider's order.

    Args:
        provider_id: whose; no scope of another provider is open.
        currency: ISO code of later charges.
    """
    with provider_scope(provider_id):
        ways = [_saving_way(way, provider_id, currency) for way in offered_connections(provider_id)]
        return [way for way in ways if way is not None]


def _saving_way(view: ConnectionView, provider_id: int, currency: str) -> SavingWay | None:
    try:
        gateway = load_gateway(provider_id=provider_id, connection_id=view.id)
    except DomainError:
        # A way that cannot be called now is not offered; its page tells the provider's people why.
        return None
    if not keeps_in(gateway, currency):
        return None
    return SavingWay(view, form_script_of(gateway))


def keeps_in(gateway: Gateway, currency: str) -> bool:
    """Return whether a gateway keeps methods for later charges in a currency.

    Args:
        gateway: of a connection.
        currency: ISO code.
    """
    able = gateway.capabilities
    limits = (able.currencies, able.saves_in)
    return able.saves_methods and all(not limit or currency in limit for limit in limits)


def form_script_of(gateway: Gateway) -> FormScript | None:
    """Return what a browser loads for a form of ours, None where a gateway's page alone saves methods.

    Args:
        gateway: of a connection.
    """
    return gateway.form_script if isinstance(gateway, OffersForms) else None
