"""What some of the demo's clients owe: a service they were sent an invoice for, which they have not paid."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.types import Line, PostingRequest
from billing_platform.kernel.money import Money
from invoicing.enums import DocumentKind, SourceType
from invoicing.services.issuing import issue_now
from invoicing.services.topup_documents import frozen_facts, frozen_taxes
from invoicing.types import Draft, DraftLine
from tax.selectors.calculation import tax_for
from tax.selectors.frozen import frozen
from tax.types import TaxableLine
from tenants.selectors.providers import provider_day
from tenants.selectors.tenants import tenant_ids_by_external_id

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoTenant
    from billing_platform.demo_data.place import Place
    from billing_platform.demo_data.roles import Owed
    from tax.selectors.frozen import FrozenTax

_LINE: Final = "1"


def bill(place: Place, tenant: DemoTenant, owed: Owed, at: datetime) -> None:
    """Owe a client's service in the ledger and send its invoice, once; a scope of the provider is open.

    Args:
        place: where; the invoice falls due so many days before the end of its history.
        tenant: who owes.
        owed: what for.
        at: the moment of issue.
    """
    provider_id = place.provider_id
    tenant_id = tenant_ids_by_external_id(provider_id, [tenant.external_id])[tenant.external_id]
    on = provider_day(provider_id, at)
    net = Money.from_major(owed.amount, place.provider.currency)
    taxes = frozen(
        tax_for(
            provider_id=provider_id,
            tenant_id=tenant_id,
            lines=[TaxableLine(key=_LINE, amount=net)],
            on=on,
            includes_tax=False,
        ),
        includes_tax=False,
    )
    key = f"demo-invoice-{tenant.external_id}"
    draft_taxes = frozen_taxes(taxes)
    draft = Draft(
        kind=DocumentKind.INVOICE,
        tenant_id=tenant_id,
        currency=net.currency,
        source_type=SourceType.HAND,
        source_id=key,
        supplied_on=on,
        due_on=max(on, provider_day(provider_id, place.until - timedelta(days=owed.due_days))),
        lines=(
            DraftLine(
                name=owed.name,
                quantity=Decimal(1),
                unit_price=net.to_major(),
                net_minor=net.amount_minor,
                tax_group=draft_taxes[0].tax_group,
            ),
        ),
        taxes=draft_taxes,
        posting_id=_owe(provider_id, tenant_id, taxes, key=key, at=at),
        tax=frozen_facts(taxes),
    )
    issue_now(provider_id=provider_id, draft=draft, now=at)


def _owe(provider_id: int, tenant_id: int, taxes: FrozenTax, *, key: str, at: datetime) -> int:
    """Return the posting of an invoice: receivable against revenue and tax."""
    lines = [
        Line(
            kind=AccountKind.RECEIVABLE,
            amount_minor=-taxes.gross.amount_minor,
            tenant_id=tenant_id,
        ),
        Line(kind=AccountKind.REVENUE_ONE_TIME, amount_minor=taxes.base.amount_minor),
    ]
    if taxes.tax:
        lines.append(Line(kind=AccountKind.TAX_PAYABLE, amount_minor=taxes.tax.amount_minor))
    request = PostingRequest(
        kind=PostingKind.INVOICE,
        currency=taxes.base.currency,
        lines=tuple(lines),
        key=key,
        source_type="invoice",
        source_id=key,
    )
    return post(provider_id=provider_id, request=request, now=at).posting_id
