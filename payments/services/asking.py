"""What every question to a gateway may come to: an answer, a refusal, silence, or a key that is not taken any more."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from payments.errors import GatewayDown, GatewayRefused
from payments.errors_gateways import GatewaySilent
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable
from payments.services.connections import mark_connection
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from payments.models import Dispute, Method, MethodSetup


# Reasons of an outage; other answers that cannot be trusted say nothing about what else is asked.
_SILENT: Final = ("connection", "server", "rate_limit")


@contextmanager
def asking(row: Dispute | Method | MethodSetup, now: datetime) -> Iterator[None]:
    """Turn what a gateway says about a row into an error of ours; a key that it refuses breaks the connection.

    Args:
        row: its provider and its connection are asked; no transaction is open.
        now: the present moment.

    Raises:
        GatewayRefused: the gateway refuses.
        GatewayDown: it gave no answer that can be trusted.
    """
    try:
        yield
    except GatewayUnavailable as error:
        raise as_down(error) from error
    except GatewayRejected as error:
        is_broken(row.provider_id, row.connection_id, error, now)
        raise GatewayRefused(error.code) from error


def as_down(error: GatewayUnavailable) -> GatewayDown:
    """Return an outage as an error of ours.

    Args:
        error: what the gateway's folder made of it.
    """
    return GatewaySilent() if error.reason in _SILENT else GatewayDown()


def is_broken(provider_id: int, connection_id: int, error: GatewayRejected, now: datetime) -> bool:
    """Return whether a gateway refuses the connection's key itself, and write that down.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: which.
        error: what the gateway said.
        now: the present moment.

    Idempotency: a connection breaks once.
    """
    if error.code not in KEY_CODES:
        return False
    with own_transaction(provider_id):
        mark_connection(provider_id, connection_id, broken=error.message or error.code, now=now)
    return True
