"""Connections that the services opened once in a session, to be put up again by each test that begins with one.

Opening one asks its gateway several times, and most tests do less with it than that took. A copy has the same secrets
and the same address of webhooks; no two are ever there at once, since each is undone with its test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from django.db import connection

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.services.gateways import forget_gateways
from tests.roles import as_role

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer

# What opening writes; the histories of both are written by triggers, of a copy too.
CONNECTION, CREDENTIAL = "payments_connection", "payments_credential"
MOMENTS = ("created_at", "state_at", "updated_at")


@dataclass(frozen=True)
class Opened:
    """A connection's rows, and its gateway as it stood then, as JSON."""

    gateway: str
    rows: dict[str, dict[str, Any]]
    state: str

    @classmethod
    def of(cls, provider_id: int, gateway: str, server: SimulatorServer) -> Self:
        """Read the one connection of a provider, and its gateway."""
        rows = {}
        with provider_scope(provider_id), as_role("owner"), connection.cursor() as cursor:
            for table in (CONNECTION, CREDENTIAL):
                cursor.execute(
                    f"SELECT row_to_json(it)::text FROM {table} it WHERE provider_id = %s",
                    [provider_id],
                )
                ((text,),) = cursor.fetchall()
                rows[table] = json.loads(text)
        state = server.gateways[gateway].dump()
        # PayPal's key is this process's anyway, and to read it takes longer than all the rest.
        state.pop("signer", None)
        return cls(gateway, rows, json.dumps(state))

    @property
    def public_id(self) -> str:
        """Return the connection's name."""
        return str(self.rows[CONNECTION]["public_id"])

    @property
    def token(self) -> str:
        """Return the unguessable part of its webhooks' address."""
        return str(self.rows[CREDENTIAL]["webhook_token"])

    def put_up(self, provider_id: int, server: SimulatorServer) -> None:
        """Write the rows for a provider in the open transaction, and let its gateway know it."""
        at = now().isoformat()
        with as_role("owner"), connection.cursor() as cursor:
            number = 0
            for table, kept in self.rows.items():
                cursor.execute(f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))")
                ((made,),) = cursor.fetchall()
                number = number or made
                row = kept | {name: at for name in MOMENTS if name in kept}
                row |= {"id": made, "provider_id": provider_id}
                row |= {"connection_id": number} if "connection_id" in kept else {}
                cursor.execute(
                    f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, %s)",
                    [json.dumps(row)],
                )
        server.gateways[self.gateway].load(json.loads(self.state))
        # The same secrets, and nothing that a gateway's client of another test has kept.
        forget_gateways()
