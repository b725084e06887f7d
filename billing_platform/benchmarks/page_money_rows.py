"""Which rows about money are copied how often for the benchmark of pages: documents, bank lines and codes here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.benchmarks.page_copies import Copies
from billing_platform.benchmarks.page_payment_rows import of_claims, of_methods, of_payments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.benchmarks.page_copies import Pattern

COPIED: Final = (
    "payments_attempt",
    "payments_webhook_event",
    "invoicing_document",
    "invoicing_document_line",
    "invoicing_document_tax",
    "payments_method",
    "payments_recharge",
    "payments_refundrequest",
    "payments_dispute",
    "payments_bank_statement",
    "payments_bank_line",
    "promotions_campaign",
    "promotions_terms",
    "promotions_code",
    "promotions_redemption",
)
LINES_A_STATEMENT: Final = 100
# Every tenth invoice went to a consumer in another member state, for the One Stop Shop and its threshold.
_ABROAD: Final = """
CASE WHEN n % 10 > 0 THEN t.content ELSE
     jsonb_set(jsonb_set(t.content, '{buyer,country}', '"FR"'), '{tax}', '{"seller_number": "DE136695976"}') END
"""


def copies(of: Pattern) -> Iterator[Copies]:
    """Yield what is copied, in an order that foreign keys allow.

    Args:
        of: what there is.
    """
    yield from of_payments(of)
    yield from of_methods(of)
    yield from of_claims(of)
    yield from _documents(of)
    yield from _bank(of)
    yield from _promotions(of)


def _documents(of: Pattern) -> Iterator[Copies]:
    own = f"provider_id = {of.provider_id} AND tenant_id = {of.first}"
    invoice = f"{own} AND kind = 'invoice'"
    count, whose = 2 * of.tenants + of.hot, of.mixed(2 * of.tenants)
    is_paid = "n % 3 > 0"
    yield Copies(
        "invoicing_document",
        invoice,
        count,
        {
            "id": of.next_id("invoicing_document"),
            "tenant_id": whose,
            "public_id": "'doc_b' || n",
            "number": "'BENCH-' || n",
            "series_number": "t.series_number + 10 + n",
            "source_id": "'b' || n",
            "issued_on": f"t.issued_on - 60 * ({count} - n)::int / {count}",
            "state": f"CASE WHEN {is_paid} THEN 'paid' ELSE t.state END",
            "paid_minor": f"CASE WHEN {is_paid} THEN t.total_minor ELSE 0 END",
            "content": _ABROAD,
        },
    )
    taxed = {
        "region": "CASE WHEN n % 10 > 0 THEN t.region ELSE 'FR' END",
        "rate": "CASE WHEN n % 10 > 0 THEN t.rate ELSE 20 END",
    }
    for table, changed in (("invoicing_document_line", {}), ("invoicing_document_tax", taxed)):
        yield Copies(
            table,
            f"document_id = (SELECT min(id) FROM invoicing_document WHERE {invoice})",
            count,
            {
                "id": of.next_id(table),
                "tenant_id": whose,
                "document_id": of.next_id("invoicing_document"),
                **changed,
            },
        )


def _bank(of: Pattern) -> Iterator[Copies]:
    statements = max(1, of.tenants // 500)
    own = f"provider_id = {of.provider_id}"
    yield Copies(
        "payments_bank_statement",
        own,
        statements,
        {
            "id": of.next_id("payments_bank_statement"),
            "public_id": "'stm_b' || n",
            "digest": "md5('a' || n) || md5('b' || n)",
        },
    )
    yield Copies(
        "payments_bank_line",
        f"{own} AND number = 1",
        (statements + 1) * LINES_A_STATEMENT - 1,
        {
            "id": of.next_id("payments_bank_line"),
            "public_id": "'bkl_b' || n",
            "key": "'bench:b' || n",
            "number": f"n % {LINES_A_STATEMENT} + 1",
            "statement_id": of.next_id("payments_bank_statement", f"n / {LINES_A_STATEMENT}"),
            "state": "(ARRAY['open', 'aside', 'outgoing', 'outgoing'])[n % 4 + 1]",
            "reason": "CASE WHEN n % 4 = 0 THEN 'missing' ELSE '' END",
            "amount_minor": "CASE WHEN n % 4 < 2 THEN t.amount_minor ELSE -t.amount_minor END",
        },
    )


def _promotions(of: Pattern) -> Iterator[Copies]:
    own = f"provider_id = {of.provider_id}"
    campaigns = max(2, of.tenants // 1000)
    yield Copies(
        "promotions_campaign",
        own,
        campaigns,
        {
            "id": of.next_id("promotions_campaign"),
            "public_id": "'cmp_b' || n",
            "request_key": "'b' || n",
            "name": "t.name || ' ' || n",
        },
    )
    yield Copies(
        "promotions_terms",
        own,
        campaigns,
        {
            "id": of.next_id("promotions_terms"),
            "campaign_id": of.next_id("promotions_campaign"),
        },
    )
    yield Copies(
        "promotions_code",
        own,
        of.tenants,
        {
            "id": of.next_id("promotions_code"),
            "normal": "'BENCHB' || n",
            "shown": "'BENCHB' || n",
            "uses": "0",
        },
    )
    yield Copies(
        "promotions_redemption",
        own,
        of.tenants // 2,
        {
            "id": of.next_id("promotions_redemption"),
            "tenant_id": of.of_all(),
            "source": "'b' || n",
            "is_first": "false",
            "code_id": of.next_id("promotions_code"),
        },
    )
