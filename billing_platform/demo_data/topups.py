"""How the demo's clients top up: an order, a transfer with its reference, a statement of the bank, the documents."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from accounts.selectors.balances import wallets_of
from billing_platform.demo_data.bank_file import FileLine, FileOfBank, invented_iban, write_camt
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.selectors.documents import whole_document
from invoicing.services.bank_matching import match_line
from invoicing.services.bank_orders import open_bank_order
from invoicing.services.payment_documents import issue_payment_documents
from payments.selectors.bank_lines import new_lines
from payments.services.bank_import import StatementFile, import_statement
from payments.statements.errors import StatementKnown
from tenants.enums import TenantStatus
from tenants.selectors.providers import legal_identity, provider_day
from tenants.selectors.tenants import list_tenants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoTenant
    from billing_platform.demo_data.place import Place

# A client that pays tops up when less than this part of a credit is left.
_LOW_PART: Final = 4
# More clients than a provider of the demo has.
_LINES_MAX: Final = 99


@dataclass(frozen=True, kw_only=True)
class _Wish:
    """A client that wants to top up; of one key there is one order, and `place` makes the payer's account its own."""

    tenant_id: int
    payer: str
    place: int
    amount: Money
    key: str


def top_up(place: Place, at: datetime) -> None:
    """Let every client that pays order, transfer and get its documents when its credit runs low; no scope is open.

    One that ran out comes back by it.

    Args:
        place: where.
        at: the moment of the simulated clock.

    Idempotency: by client and moment; a demo that was left half made is completed.
    """
    provider_id = place.provider_id
    with provider_scope(provider_id):
        wishes = list(_wishes(place, at))
    if not wishes:
        return
    number = f"{at:%Y-%m-%d-%H}"
    lines = [
        _transfer(provider_id, wish, f"{number}-{rank}", at)
        for rank, wish in enumerate(wishes, start=1)
    ]
    with provider_scope(provider_id):
        iban, day = legal_identity(provider_id).bank_iban, provider_day(provider_id, at)
    data = write_camt(FileOfBank(iban=iban, number=number, day=day, opening=None, lines=lines))
    file = StatementFile(name=f"{number}.xml", data=data, format="camt053")
    with suppress(StatementKnown):
        import_statement(provider_id=provider_id, file=file, user_id=None, now=at)
    # One transaction: no worker sees a draft of a day long gone and issues it today.
    with provider_scope(provider_id):
        for line_id in new_lines(provider_id, after=0, limit=_LINES_MAX):
            match_line(provider_id=provider_id, line_id=line_id, now=at)
        issue_payment_documents(provider_id=provider_id, now=at)


def _wishes(place: Place, at: datetime) -> Iterator[_Wish]:
    currency = place.provider.currency
    rows = list_tenants(place.provider_id, limit=_LINES_MAX).rows
    ids = {row.external_id: row.id for row in rows if row.status != TenantStatus.CLOSED}
    payers = [row for row in place.provider.tenants if row.credit and row.external_id in ids]
    wallets = {
        wallet.tenant_id: wallet
        for wallet in wallets_of(place.provider_id, [ids[row.external_id] for row in payers])
    }
    for tenant in payers:
        tenant_id = ids[tenant.external_id]
        has_stopped = place.until - at < timedelta(days=tenant.stops_paying_days)
        times = _payments(tenant, wallets[tenant_id].available, currency)
        if has_stopped or not times:
            continue
        yield _Wish(
            tenant_id=tenant_id,
            payer=tenant.name,
            place=place.provider.tenants.index(tenant) + 1,
            amount=Money.from_major(tenant.credit * times, currency),
            key=f"demo:top-up:{tenant.external_id}:{at:%Y%m%d%H}",
        )


def _payments(tenant: DemoTenant, left_minor: int, currency: str) -> int:
    """Return how many of its usual payments bring a client back to where it feels safe."""
    low_at = tenant.credit / _LOW_PART if tenant.low_at is None else tenant.low_at
    missing = Money.from_major(low_at, currency).amount_minor - left_minor
    return max(0, -(-missing // Money.from_major(tenant.credit, currency).amount_minor))


def _transfer(provider_id: int, wish: _Wish, bank_ref: str, at: datetime) -> FileLine:
    """Return what a client sends: what the proforma of its order asks for."""
    public_id = open_bank_order(
        provider_id=provider_id,
        tenant_id=wish.tenant_id,
        amount=wish.amount,
        code="",
        request_key=wish.key,
        opened_by=None,
        now=at,
    )
    with provider_scope(provider_id):
        proforma = whole_document(provider_id, public_id, today=at.date())
    total = proforma.head.total
    return FileLine(
        amount=total,
        bank_ref=bank_ref,
        name=wish.payer,
        iban=invented_iban("GB" if total.currency == "USD" else "DE", wish.place),
        reference=proforma.content["payment"]["reference"],
    )
