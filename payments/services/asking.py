"""What every question to a gateway may come to: an answer, a refusal, silence, or a key that is not taken any more.

The two errors of the gateways end here: no other service knows them, so that none forgets the key.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.gateways.errors import (
    KEY_CODES,
    MISSING_CODES,
    NOT_SEARCHABLE,
    GatewayRejected,
    GatewayUnavailable,
)
from payments.services.connection_marks import mark_connection
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from payments.models import Attempt, Dispute, Method, MethodSetup, Refund, WebhookEvent

    _Row = Attempt | Dispute | Method | MethodSetup | Refund | WebhookEvent

# Reasons of an outage; other answers that cannot be trusted say nothing about what else is asked.
_SILENT: Final = ("connection", "server", "rate_limit")


@contextmanager
def asking(row: _Row, now: datetime) -> Iterator[None]:
    """Turn what a gateway says about a row into an error of ours; a key that it refuses breaks the connection.

    Args:
        row: its provider and its connection are asked; no transaction is open.
        now: the present moment.

    Raises:
        GatewayRefused: the gateway refuses.
        GatewayDown: it gave no answer that can be trusted.
    """
    with asking_at(row.provider_id, row.connection_id, now):
        yield


@contextmanager
def asking_at(provider_id: int, connection_id: int, now: datetime) -> Iterator[None]:
    """Do the same where there is no row yet.

    Args:
        provider_id: who asks; no transaction is open.
        connection_id: at which connection.
        now: the present moment.

    Raises:
        GatewayRefused, GatewayDown: as `asking`.
    """
    try:
        with asking_anew():
            yield
    except GatewayRefused as error:
        if error.is_key:
            with own_transaction(provider_id):
                mark_connection(provider_id, connection_id, broken=error.sentence, now=now)
        raise


@contextmanager
def asking_anew() -> Iterator[None]:
    """Turn what a gateway says into an error of ours where there is no connection yet, or its test decides.

    Raises:
        GatewayRefused, GatewayDown: as `asking`.
    """
    try:
        yield
    except GatewayUnavailable as error:
        raise _down(error) from error
    except GatewayRejected as error:
        raise _refused(error) from error


def silence() -> GatewayDown:
    """Return the error of a gateway that said nothing to a question whose sender wrote that down by itself."""
    found = GatewayDown()
    found.is_silent = True
    return found


def odd(words: str) -> GatewayDown:
    """Return the error of an answer that cannot be ours, or that contradicts what stands here: people look at it.

    Args:
        words: a sentence for staff.
    """
    found = GatewayDown()
    found.words = words
    return found


def _down(error: GatewayUnavailable) -> GatewayDown:
    found = GatewayDown()
    found.reason, found.words = error.reason, str(error)
    found.is_silent = error.reason in _SILENT
    found.is_unsearchable = error.reason == NOT_SEARCHABLE
    return found


def _refused(error: GatewayRejected) -> GatewayRefused:
    found = GatewayRefused(error.code)
    found.sentence, found.words = error.message or error.code, str(error)
    found.decline_code, found.object_id = error.decline_code, error.object_id
    found.is_key, found.is_missing = error.code in KEY_CODES, error.code in MISSING_CODES
    return found
