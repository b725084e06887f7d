"""Who connected and changed gateways; see `kernel.histories`. Nothing that is secret is kept, sealed or in part."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from payments.models.connection import Connection
from payments.models.credential import Credential

# A gateway's sentence about a refused key may quote a part of it.
_CONNECTIONS = history_of(
    Connection, without=["state_at", "state_note", "listed_until"], keeps_former=True
)
# The seals, the hints that show the last characters, and the address of the webhooks, which is a password in itself.
_CREDENTIALS = history_of(
    Credential,
    without=[
        "sealed",
        "key_id",
        "hints",
        "webhook_token",
        "webhook_url",
        "secret_sealed",
        "secret_hint",
        "previous_sealed",
    ],
    keeps_former=True,
)


class ConnectionEvent(_CONNECTIONS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a connection: made, named, ordered, switched on or off."""

    class Meta:
        db_table = "payments_connection_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="payments_connection_event_own"
            )
        ]


class CredentialEvent(_CREDENTIALS):  # type: ignore[misc, valid-type]  # made by pghistory
    """That secrets were replaced or webhooks registered, and when; never what they are."""

    class Meta:
        db_table = "payments_credential_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="payments_credential_event_own"
            )
        ]
