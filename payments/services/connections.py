"""Connections of a provider to gateways: made, tested, given other credentials. Called by the provider's pages."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError
from django.db.models import Max
from django.utils.translation import gettext as _

from payments.enums import ConnectionState
from payments.errors import (
    ConnectionExists,
    ConnectionNotFound,
    InvalidCredentials,
    WrongAccount,
    WrongMode,
)
from payments.errors_gateways import GatewayRefused
from payments.models import Connection, Credential
from payments.services.asking import asking_anew
from payments.services.connection_marks import mark_connection
from payments.services.credential_seals import keep_credentials
from payments.services.gateways import connect, kind_of, load_gateway
from payments.services.same_account import check_knows_ours
from payments.services.stored_events import take_up_events
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from payments.gateways.kinds import GatewayKind
    from payments.gateways.values import GatewayAccount

LABEL_LENGTH: Final = 64


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a test of a connection found.

    Attributes:
        is_ok: the gateway knows the credentials and lets them do what they must.
        message: the gateway's sentence when it is not, naming a missing scope.
        lacks: what payments go on without, in the gateway's own names; empty when nothing is missing.
    """

    is_ok: bool
    message: str = ""
    lacks: tuple[str, ...] = ()


def create_connection(
    *, provider_id: int, gateway: str, label: str, credentials: Mapping[str, str], now: datetime
) -> str:
    """Connect an account of a gateway, once the gateway has said whose the credentials are.

    Args:
        provider_id: whose; no transaction is open.
        gateway: code of an installed gateway.
        label: what customers read, 1 to 64 characters.
        credentials: by the names of the gateway's fields.
        now: the present moment.

    Returns:
        The connection's public id.

    Raises:
        UnknownGateway: no such gateway.
        InvalidCredentials: a value is missing, has the wrong shape, or the label does.
        WrongMode: live credentials where simulators run.
        GatewayRefused: the gateway does not take them; the message names the reason.
        GatewayDown: it does not answer.
        ConnectionExists: the account is connected already.
        NoSealingKey: the installation cannot keep secrets.

    Idempotency: by account and mode; the second call is refused.
    """
    kind = kind_of(gateway)
    label = _checked_label(label or kind.label)
    account = _account_of(kind, _checked(kind, credentials))
    try:
        with own_transaction(provider_id):
            rows = Connection.objects.filter(provider_id=provider_id)
            last = rows.aggregate(last=Max("position"))["last"]
            row = rows.create(
                provider_id=provider_id,
                gateway=gateway,
                label=label,
                position=0 if last is None else last + 1,
                is_live=account.is_live,
                account_id=account.account_id,
                created_at=now,
                state_at=now,
            )
            values, hints = _kept(kind, credentials)
            kept = Credential(
                provider_id=provider_id,
                connection_id=row.pk,
                webhook_token=secrets.token_urlsafe(32),
            )
            keep_credentials(kept, values, hints=hints, now=now)
    except IntegrityError as error:
        if "payments_connection_account" in str(error):
            raise ConnectionExists from error
        raise
    return row.public_id


def replace_credentials(
    *, provider_id: int, public_id: str, credentials: Mapping[str, str], now: datetime
) -> None:
    """Give a connection other credentials of the same account.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the connection.
        credentials: by the names of the gateway's fields, all of them.
        now: the present moment.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        WrongAccount: they belong to another account.
        WrongMode: they move the other kind of money.
        InvalidCredentials, GatewayRefused, GatewayDown, NoSealingKey: as for a new connection.

    Idempotency: the last one counts.
    """
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
    kind = kind_of(row.gateway)
    account = _account_of(kind, _checked(kind, credentials))
    if account.is_live is not row.is_live:
        raise WrongMode
    if account.account_id != row.account_id:
        raise WrongAccount
    check_knows_ours(row, connect(kind, credentials), now=now)
    with own_transaction(provider_id):
        secrets_of = Credential.objects.select_for_update().filter(provider_id=provider_id)
        values, hints = _kept(kind, credentials)
        keep_credentials(secrets_of.get(connection_id=row.pk), values, hints=hints, now=now)
        mark_connection(provider_id, row.pk, broken=None, now=now)
        # Also of one that is off, whose events go on.
        take_up_events(provider_id, row.pk, now=now)


def check_connection(*, provider_id: int, public_id: str, now: datetime) -> CheckResult:
    """Ask the gateway whether it still takes the stored credentials, and write down what it says.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the connection.
        now: the present moment.

    Returns:
        What was found; a missing scope is named. One that payments go on without leaves the connection on.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        GatewayDown: the gateway does not answer, which says nothing about the credentials.

    Idempotency: it may be called as often as one likes.
    """
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
        gateway = load_gateway(provider_id=provider_id, connection_id=row.pk)
    try:
        with asking_anew():
            account = gateway.fetch_account()
    except GatewayRefused as error:
        result = CheckResult(is_ok=False, message=error.sentence)
    else:
        is_same = (account.account_id, account.is_live) == (row.account_id, row.is_live)
        message = "" if is_same else str(WrongAccount.message)
        result = CheckResult(is_ok=is_same, message=message, lacks=account.lacks)
    with own_transaction(provider_id):
        broken = None if result.is_ok else result.message
        mark_connection(provider_id, row.pk, broken=broken, now=now)
    return result


def change_connection(
    *, provider_id: int, public_id: str, label: str, position: int, is_on: bool, now: datetime
) -> None:
    """Change what customers see of a connection: its name, its place, and whether it is offered.

    Args:
        provider_id: whose; its scope is open or not.
        public_id: of the connection.
        label: 1 to 64 characters.
        position: its place, smallest first.
        is_on: off stops new payments; those under way end as they end.
        now: the present moment.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        InvalidCredentials: the label is empty or too long.

    Idempotency: the last one counts.
    """
    label = _checked_label(label)
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
        row.label, row.position = label, position
        if is_on is (row.state == ConnectionState.OFF):
            row.state = ConnectionState.OK if is_on else ConnectionState.OFF
            row.state_at, row.state_note = now, ""
        row.save(update_fields=["label", "position", "state", "state_at", "state_note"])


def connection_row(provider_id: int, public_id: str) -> Connection:
    """Return a connection's row inside this part.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.

    Raises:
        ConnectionNotFound: the provider has no such connection.
    """
    row = Connection.objects.filter(provider_id=provider_id, public_id=public_id).first()
    if row is None:
        raise ConnectionNotFound
    return row


def _account_of(kind: GatewayKind, credentials: Mapping[str, str]) -> GatewayAccount:
    gateway = connect(kind, credentials)
    try:
        with asking_anew():
            account = gateway.fetch_account()
    except GatewayRefused as error:
        raise GatewayRefused(error.code, error.sentence) from error
    if account.is_live is not kind.is_live(credentials):
        raise WrongMode
    return account


def _checked(kind: GatewayKind, credentials: Mapping[str, str]) -> Mapping[str, str]:
    for field in kind.fields:
        value = credentials.get(field.name, "")
        # What is no secret may be left out; the gateway says so when it needs it.
        if (value or field.is_secret) and not re.fullmatch(field.pattern, value):
            words = _("%(field)s does not look right.") % {"field": _(field.label)}
            raise InvalidCredentials(message=words)
    return credentials


def _checked_label(label: str) -> str:
    label = label.strip()
    if not 0 < len(label) <= LABEL_LENGTH:
        raise InvalidCredentials(message=_("A name has 1 to 64 characters."))
    return label


def _kept(kind: GatewayKind, credentials: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    values = {field.name: credentials.get(field.name, "") for field in kind.fields}
    hints = {
        field.name: values[field.name][-4:] if field.is_secret else values[field.name]
        for field in kind.fields
    }
    return json.dumps(values), hints
