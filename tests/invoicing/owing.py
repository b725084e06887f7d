"""Invoices that the ledger knows as owed, as billing runs post them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.enums import AccountKind, PostingKind
from accounts.services.posting import post
from accounts.types import Line, PostingRequest
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from invoicing.models import Document
from invoicing.services.corrections import Wanted, correct_invoice
from invoicing.services.issuing import issue_now
from invoicing.services.settling import settle_document
from invoicing.services.standing import open_minor
from tests.invoicing.drafts import NOW, invoice

if TYPE_CHECKING:
    from collections.abc import Mapping

# What `drafts.invoice` comes to: 100.01 under 19 %, 50.00 under 7 %.
TOTAL = 17251
_SUMS = """
SELECT a.kind, sum(e.amount_minor)::bigint
  FROM accounts_entry e JOIN accounts_account a ON a.provider_id = e.provider_id AND a.id = e.account_id
 WHERE e.provider_id = %s GROUP BY 1 HAVING sum(e.amount_minor) <> 0
"""


@dataclass(frozen=True)
class Owed:
    """An invoice to a tenant, at its provider, in the open scope."""

    provider_id: int
    tenant_id: int
    document_id: int

    @classmethod
    def open(cls, provider_id: int, tenant_id: int, source_id: str = "one", **more: Any) -> Owed:
        """Post and issue an invoice of 172.51: 100.01 and 50.00, with their taxes; `revenue` by account."""
        revenue = more.pop("revenue", {"revenue_usage": 10001, "revenue_one_time": 5000})
        lines = (
            Line(kind=AccountKind.RECEIVABLE, amount_minor=-TOTAL, tenant_id=tenant_id),
            *(Line(kind=AccountKind(kind), amount_minor=net) for kind, net in revenue.items()),
            Line(kind=AccountKind.TAX_PAYABLE, amount_minor=2250),
        )
        request = PostingRequest(
            kind=PostingKind.INVOICE, currency="USD", lines=lines, key=f"invoice/{source_id}"
        )
        posted = post(provider_id=provider_id, request=request, now=NOW)
        draft = invoice(tenant_id, source_id, posting_id=posted.posting_id, **more)
        return cls(provider_id, tenant_id, issue_now(provider_id=provider_id, draft=draft, now=NOW))

    def pay(self, minor: int, key: str = "payment/1") -> str:
        """Pay a part from a transfer."""
        lines = (
            Line(kind=AccountKind.BANK_CLEARING, amount_minor=-minor),
            Line(kind=AccountKind.RECEIVABLE, amount_minor=minor, tenant_id=self.tenant_id),
        )
        request = PostingRequest(kind=PostingKind.SETTLEMENT, currency="USD", lines=lines, key=key)
        posted = post(provider_id=self.provider_id, request=request, now=NOW)
        return settle_document(
            provider_id=self.provider_id,
            document_id=self.document_id,
            amount=Money(minor, "USD"),
            key=key,
            posting_id=posted.posting_id,
            now=NOW,
        )

    def correct(
        self,
        kind: str,
        minor: int,
        nets: Mapping[int, int] | None = None,
        *,
        lowered: int | None = None,
        key: str = "form",
        user_id: int = 1,
        reason: str = "Fault",
    ) -> str:
        """Credit it or write it off, as it stands now unless another figure was shown."""
        left = sum(map(open_minor, Document.objects.filter(pk=self.document_id)))
        wanted = Wanted(
            kind=kind,
            amount=Money(minor, "USD"),
            lowered=Money(min(left, minor) if lowered is None else lowered, "USD"),
            nets=nets,
            reason=reason,
            key=key,
            user_id=user_id,
        )
        return correct_invoice(
            provider_id=self.provider_id, document_id=self.document_id, wanted=wanted, now=NOW
        )

    def books(self) -> dict[str, int]:
        """Return what stands on each kind of account, zeros left out."""
        return dict(fetch_all(_SUMS, [self.provider_id]))
