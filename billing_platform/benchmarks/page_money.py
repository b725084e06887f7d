"""Money for the benchmark of pages: one payment, document, bank line and code by the services, and copies of them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from billing_platform.benchmarks.catalogue import CURRENCY
from billing_platform.benchmarks.cloning import clone_rows, highest
from billing_platform.benchmarks.page_copies import Pattern
from billing_platform.benchmarks.page_money_rows import COPIED, copies
from billing_platform.benchmarks.page_payments import AMOUNT, Payer
from billing_platform.benchmarks.page_provider_money import (
    bank_words,
    establish,
    make_campaign,
    open_connection,
)
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import DocumentKind, SourceType
from invoicing.selectors.consumer_days import ADD_CONSUMER_DAYS
from invoicing.selectors.tax_days import ADD_TAX_DAYS
from invoicing.services.issuing import issue_now
from invoicing.types import Draft, DraftLine, DraftTax
from payments.services.recharge_tokens import LinkClaim, link_token
from promotions.services.redeeming import reserve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from psycopg2 import extensions


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the rows are made.

    Attributes:
        tenants: how many there are.
        customers: ids of those whose pages are asked for; the last one has very many rows.
    """

    owner: extensions.cursor
    provider_id: int
    tenants: int
    customers: Sequence[int]
    now: datetime


def build_money(stage: Stage, hot: int) -> list[dict[str, str]]:
    """Fill the tables of payments, documents, bank and promotions.

    Args:
        stage: where.
        hot: how many documents the last customer has, and twice as many payments.

    Returns:
        By customer, what stands in the addresses of the pages.
    """
    owner, provider_id, now = stage.owner, stage.provider_id, stage.now
    connection_id, connection = open_connection(owner, provider_id, now)
    shared = {
        "connection": connection,
        "gateway": "stripe",
        "campaign": _campaign(stage),
        "currency": CURRENCY,
        # Pages that are left out, but their other pages have the same words.
        "syntax": "cii",
        "setup": "none",
        **bank_words(owner, provider_id, now),
    }
    words = [
        {**shared, **_of_customer(Payer(owner, provider_id, tenant_id, connection_id, now))}
        for tenant_id in stage.customers
    ]
    _copy(stage, hot)
    return words


def _campaign(stage: Stage) -> str:
    """Make a campaign whose one code the first customer has taken up."""
    with provider_scope(stage.provider_id):
        establish(stage.provider_id, stage.now)
        made = make_campaign(stage.provider_id, stage.now)
    stage.owner.execute("SELECT shown FROM promotions_code")
    (code,) = stage.owner.fetchone() or ("",)
    with provider_scope(stage.provider_id), transaction.atomic():
        reserve(
            provider_id=stage.provider_id,
            tenant_id=stage.customers[0],
            amount=AMOUNT,
            code=code,
            source="bench",
            now=stage.now,
        )
    return made


def _of_customer(payer: Payer) -> dict[str, str]:
    """Let a customer pay, and have an invoice, a card, a rule that was declined, a request and a dispute."""
    paid, disputed = payer.paid("paid"), payer.paid("disputed")
    payer.told(paid)
    draft = _draft(payer.tenant_id, payer.now)
    with provider_scope(payer.provider_id):
        document_id = issue_now(provider_id=payer.provider_id, draft=draft, now=payer.now)
    payer.owner.execute("SELECT public_id FROM invoicing_document WHERE id = %s", [document_id])
    (document,) = payer.owner.fetchone() or ("",)
    recharge = payer.declined_recharge()
    claim = LinkClaim(payer.provider_id, payer.tenant_id, recharge)
    return {
        "payment": paid[1],
        "document": document,
        "method": payer.card(),
        "recharge": recharge,
        "recharge_token": link_token(claim, since=payer.now),
        "wanted": payer.request(disputed[0]),
        "dispute": payer.inquiry(disputed),
    }


def _draft(tenant_id: int, now: datetime) -> Draft:
    return Draft(
        tenant_id=tenant_id,
        kind=DocumentKind.INVOICE,
        currency=CURRENCY,
        source_type=SourceType.HAND,
        source_id=f"bench-{tenant_id}",
        supplied_on=now.date(),
        lines=(
            DraftLine(
                name="Calls",
                quantity=Decimal(1),
                unit_price=Decimal(100),
                net_minor=10_000,
                tax_group="s19",
            ),
        ),
        taxes=(
            DraftTax(
                tax_group="s19",
                name="VAT",
                category="S",
                rate=Decimal(19),
                region="DE",
                base_minor=10_000,
                tax_minor=1_900,
            ),
        ),
    )


def _copy(stage: Stage, hot: int) -> None:
    """Multiply what the first customer has, over everybody, and some of it for the last one alone."""
    owner = stage.owner
    owner.execute("SELECT min(id) FROM tenants_tenant WHERE provider_id = %s", [stage.provider_id])
    (lowest,) = owner.fetchone() or (0,)
    pattern = Pattern(
        provider_id=stage.provider_id,
        highest={table: highest(owner, table) for table in ("accounts_posting", *COPIED)},
        lowest=lowest,
        tenants=stage.tenants,
        first=stage.customers[0],
        last=stage.customers[-1],
        hot=hot,
    )
    with _unguarded(owner):
        for each in copies(pattern):
            clone_rows(owner, each.table, where=each.where, copies=each.count, changed=each.changed)
    for table, added_up in (("tax", ADD_TAX_DAYS), ("consumer", ADD_CONSUMER_DAYS)):
        owner.execute(f"DELETE FROM invoicing_{table}_day")
        owner.execute(added_up)


@contextmanager
def _unguarded(owner: extensions.cursor) -> Iterator[None]:
    """Switch triggers off: what they guard is how a row came to be, and what these rows are the constraints hold."""
    for table in COPIED:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in COPIED:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
