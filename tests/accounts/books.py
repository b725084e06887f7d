"""Builders of the ledger's tests: a provider's books with a few wallets, and short words for what is done to them."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from accounts.services import dues, posting, wallets
from accounts.types import DueSelection, DuesResult, Line, PostingRequest, PostingResult
from billing_platform.kernel.rows import fetch_all, fetch_dicts, fetch_one
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
_KEYS = count()
EVERYBODY = (0, 2**62)


@dataclass
class Books:
    """A provider's books.

    Attributes:
        tenants: tenant ids, in the order they were made.
        wallets: their wallets' ids, in the same order.
    """

    provider_id: int
    tenants: list[int]
    wallets: list[int]

    def due(
        self, *amounts: int, late: bool = False, now: datetime = NOW, **extra: Any
    ) -> DuesResult:
        """Charge the running periods of the first wallets up to these amounts, due so far."""
        periods = [self.wallet(no)["period_id"] for no in range(len(amounts))]
        return self.due_periods(
            dict(zip(periods, amounts, strict=True)), late=late, now=now, **extra
        )

    def due_periods(
        self,
        dues_by_period: dict[int, int],
        *,
        late: bool = False,
        now: datetime = NOW,
        **extra: Any,
    ) -> DuesResult:
        selection = DueSelection(
            sql="SELECT * FROM unnest(%(ids)s::bigint[], %(dues)s::bigint[]) AS x (period_id, due)",
            params={"ids": list(dues_by_period), "dues": list(dues_by_period.values())},
        )
        service = dues.post_late_dues if late else dues.post_dues
        return service(
            provider_id=self.provider_id,
            tenant_from=EVERYBODY[0],
            tenant_to=EVERYBODY[1],
            selection=selection,
            now=now,
            hours_from=now - HOUR,
            hours_to=now,
            **extra,
        )

    def post(
        self,
        amount: int,
        *,
        no: int = 0,
        key: str = "",
        kind: str = "top_up",
        against: str = "gateway_clearing",
        now: datetime = NOW,
        **extra: Any,
    ) -> PostingResult:
        """Move an amount between a wallet (+ credits it) and an account of the provider."""
        request = PostingRequest(
            kind=kind,
            currency="USD",
            lines=(
                Line(kind="wallet", amount_minor=amount, tenant_id=self.tenants[no]),
                Line(kind=against, amount_minor=-amount),
            ),
            key=key or f"test:{next(_KEYS)}",
            **extra,
        )
        return posting.post(provider_id=self.provider_id, request=request, now=now)

    def wallet(self, no: int = 0) -> dict[str, Any]:
        return rows("SELECT * FROM accounts_wallet WHERE id = %s", self.wallets[no])[0]

    def balance(self, no: int = 0) -> int:
        return int(self.wallet(no)["balance"])

    def is_suspended(self, no: int = 0) -> bool:
        status = fetch_one("SELECT status FROM tenants_tenant WHERE id = %s", [self.tenants[no]])
        flagged = self.wallet(no)["suspended_at"] is not None
        assert status is not None
        assert (status[0] == "suspended") == flagged
        return flagged

    def messages(self, topic: str) -> list[Any]:
        """Return the payloads of the outbox, oldest first."""
        with as_role("worker"):
            found = fetch_all(
                "SELECT payload FROM kernel_outbox WHERE topic = %s ORDER BY id", [topic]
            )
        return [json.loads(payload) for (payload,) in found]


def rows(sql: str, *params: Any) -> list[dict[str, Any]]:
    """Return rows as dictionaries."""
    return fetch_dicts(sql, list(params))


def make_provider(slug: str = "nimbus", **extra: Any) -> int:
    """Create a provider as a job does."""
    options = {"currency": "USD", "time_zone": "UTC", **extra}
    with as_role("worker"), system_scope():
        return create_provider(slug=slug, name=slug.title(), now=NOW, **options)


@contextmanager
def open_books(
    slug: str = "nimbus", *, size: int = 1, suspension_enabled: bool = True, **tenant: Any
) -> Iterator[Books]:
    """Open the scope of a new provider with some tenants, each with a wallet in USD."""
    provider_id = make_provider(slug, suspension_enabled=suspension_enabled)
    with provider_scope(provider_id):
        yield fill_books(provider_id, size=size, **tenant)


def fill_books(provider_id: int, *, size: int, **tenant: Any) -> Books:
    """Make tenants with wallets, in the open scope."""
    tenants = [
        create_tenant(
            provider_id=provider_id, external_id=f"t{no}", name=f"Tenant {no}", now=NOW, **tenant
        ).id
        for no in range(size)
    ]
    opened = [
        wallets.open_wallet(
            provider_id=provider_id, tenant_id=tenant_id, currency="USD", now=NOW
        ).id
        for tenant_id in tenants
    ]
    return Books(provider_id, tenants, opened)
