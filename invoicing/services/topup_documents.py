"""What documents a top-up: a receipt while its tax is not due yet, an invoice where it fell due with the money."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from invoicing.enums import DocumentKind, SourceType
from invoicing.services.drafting import draft_document
from invoicing.types import Draft, DraftLine, DraftTax
from payments.enums import TaxPoint
from tax.selectors.words import notice_text
from tenants.selectors.providers import provider_day
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.topups import TopupShare
    from tax.selectors.frozen import FrozenTax

_GROUP: Final = "1"
_INDIA: Final = "IN"


def draft_credit_sale(
    *,
    provider_id: int,
    tenant_id: int,
    payment: str,
    posting_id: int,
    share: TopupShare,
    tax_point: str,
    now: datetime,
) -> int:
    """Draft the document of money that came into the balance.

    Args:
        provider_id: whose; its scope is open, in the transaction that credits the money.
        tenant_id: who paid.
        payment: public id of what brought it.
        posting_id: the posting that credited it.
        share: what the money is made of.
        tax_point: of TaxPoint, that holds for it.
        now: the moment.

    Returns:
        The draft's row: an invoice with the taxes that were agreed, or a receipt where nothing is taxed yet.

    Idempotency: by payment.
    """
    tenant = tenant_by_id(provider_id, tenant_id)
    on = provider_day(provider_id, now)
    with override(tenant.language):
        taxes = sale_taxes(share)
        line = sale_line(share, detail=_("Payment %s") % payment)
        note = "" if taxes else _untaxed_note(tax_point)
    draft = Draft(
        kind=DocumentKind.INVOICE if taxes else DocumentKind.RECEIPT,
        tenant_id=tenant_id,
        currency=share.received.currency,
        source_type=SourceType.PAYMENT,
        source_id=payment,
        supplied_on=on,
        due_on=on if taxes else None,
        lines=(line,),
        taxes=taxes,
        discount_minor=share.discount.amount_minor if share.discount else 0,
        posting_id=posting_id,
        language=tenant.language,
        note=note,
        tax=sale_facts(share),
    )
    return draft_document(provider_id=provider_id, draft=draft, now=now)


def _untaxed_note(tax_point: str) -> str:
    if tax_point == TaxPoint.CONSUMPTION:
        return _("This is no tax invoice: tax falls due when the balance is used.")
    return _("This is no tax invoice: no tax was agreed for this payment.")


def sale_line(share: TopupShare, *, detail: str) -> DraftLine:
    """Return the line of credit that is sold, in the active language.

    Args:
        share: what the money is made of.
        detail: printed beneath.
    """
    net = share.net + share.discount if share.discount else share.net
    return DraftLine(
        name=_("Top-up of the prepaid balance"),
        detail=detail,
        quantity=Decimal(1),
        unit_price=net.to_major(),
        net_minor=net.amount_minor,
        tax_group=_GROUP if share.taxes else "",
    )


def sale_taxes(share: TopupShare) -> tuple[DraftTax, ...]:
    """Return the taxes of credit that is sold, in the active language; none where nothing is taxed yet."""
    return frozen_taxes(share.taxes) if share.taxes else ()


def sale_facts(share: TopupShare) -> dict[str, Any]:
    """Return what the law wants named beside the taxes of credit that is sold; nothing where nothing is taxed yet."""
    return frozen_facts(share.taxes) if share.taxes else {}


def frozen_facts(frozen: FrozenTax) -> dict[str, Any]:
    """Return what the law wants named beside taxes: both tax numbers that decided, and the place of supply.

    Args:
        frozen: as it was decided.

    Source: Directive 2006/112/EC Art. 226 (3) and (4); CGST Rules 2017, rule 46 (n); IGST Act 2017, s. 2(6) (the place
        of supply of an export is outside India).
    """
    return {
        "seller_number": frozen.seller_number,
        "customer_number": frozen.customer_number,
        "place": _place(frozen),
    }


def _place(frozen: FrozenTax) -> dict[str, Any]:
    """Return country, state and the state's name, where India wants it beside the code; and that it was assumed."""
    if frozen.country != _INDIA:
        return {"country": frozen.country, "region": frozen.region, "name": ""}
    state = frozen.words.get("state", "")
    # An export's tax is India's, and its place of supply abroad.
    country = frozen.country if state else frozen.words.get("place", frozen.country)
    place = {"country": country, "region": frozen.region if state else "", "name": state}
    return {**place, "is_assumed": True} if frozen.is_state_assumed else place


def frozen_taxes(frozen: FrozenTax) -> tuple[DraftTax, ...]:
    """Return the taxes of a document's only line, in the active language; where there is none, its treatment and why.

    Args:
        frozen: as it was decided.
    """
    if not frozen.taxes:
        untaxed = DraftTax(
            tax_group=_GROUP,
            name=frozen.code_words[:40],
            category=frozen.code,
            rate=Decimal(0),
            base_minor=frozen.base.amount_minor,
            tax_minor=0,
            region=frozen.country,
            reason=frozen.why[:300],
        )
        return (untaxed,)
    return tuple(
        DraftTax(
            tax_group=_GROUP,
            name=line.name[:40],
            category=frozen.code,
            rate=line.percent,
            base_minor=line.base.amount_minor,
            tax_minor=line.tax.amount_minor,
            region="-".join(filter(None, (line.country, line.region)))[:20],
            reason=notice_text(frozen.notice, frozen.words)[:300],
        )
        for line in frozen.taxes
    )
