"""Which rows of payments are copied how often for the benchmark of pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.benchmarks.page_copies import Copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.benchmarks.page_copies import Pattern

_CREDITED: Final = "n % 2 = 1"


def of_payments(of: Pattern) -> Iterator[Copies]:
    """Yield payments of 33 days, every second one refused, and what the others posted."""
    own = f"provider_id = {of.provider_id} AND tenant_id = {of.first}"
    paid = f"{own} AND request_key = 'paid'"
    common, count = 2 * of.tenants, 2 * of.tenants + 2 * of.hot
    yield Copies(
        "accounts_posting",
        f"id = (SELECT posting_id FROM payments_attempt WHERE {paid})",
        count // 2,
        {
            "id": of.next_id("accounts_posting"),
            "tenant_id": of.mixed(common // 2),
            "idempotency_key": "'bench-paid-' || n",
        },
    )
    at = f"t.created_at - interval '33 days' * ({count} - n) / {count}"
    yield Copies(
        "payments_attempt",
        paid,
        count,
        {
            "id": of.next_id("payments_attempt"),
            "tenant_id": of.mixed(common),
            "public_id": "'pay_b' || n",
            "key": "'b' || n",
            "request_key": "'b' || n",
            "created_at": at,
            "state_at": at,
            "state": f"CASE WHEN {_CREDITED} THEN t.state ELSE 'failed' END",
            "failure_code": f"CASE WHEN {_CREDITED} THEN '' ELSE 'card_declined' END",
            "external_id": f"CASE WHEN {_CREDITED} THEN 'pi_b' || n ELSE '' END",
            "received_minor": f"CASE WHEN {_CREDITED} THEN t.received_minor END",
            "received_currency": f"CASE WHEN {_CREDITED} THEN t.received_currency ELSE '' END",
            "settled_at": f"CASE WHEN {_CREDITED} THEN {at} END",
            "posting_id": f"CASE WHEN {_CREDITED} THEN {of.next_id('accounts_posting', '(n + 1) / 2')} END",
        },
    )


def of_methods(of: Pattern) -> Iterator[Copies]:
    """Yield what stands around payments: deliveries of a week, one in fifty only listed, saved cards and recharges."""
    own = f"provider_id = {of.provider_id} AND tenant_id = {of.first}"
    credited = of.next_id("payments_attempt", "2 * n - 1")
    yield Copies(
        "payments_webhook_event",
        f"provider_id = {of.provider_id} AND id = (SELECT min(id) FROM payments_webhook_event)",
        of.tenants,
        {
            "id": of.next_id("payments_webhook_event"),
            "event_id": "'evt_b' || n",
            "body": "CASE WHEN n % 50 > 0 THEN '{}'::bytea END",
            "created_at": f"t.created_at - interval '7 days' * ({of.tenants} - n) / {of.tenants}",
            "attempt_id": credited,
            "state": "CASE WHEN n % 50 = 0 THEN 'failed' ELSE t.state END",
            "error": "CASE WHEN n % 50 = 0 THEN 'The gateway did not answer.' ELSE '' END",
        },
    )
    yield Copies(
        "payments_method",
        own,
        of.tenants,
        {
            "id": of.next_id("payments_method"),
            "tenant_id": of.of_all(),
            "public_id": "'mth_b' || n",
            "method_id": "'pm_b' || n",
            "is_default": "false",
        },
    )


def of_claims(of: Pattern) -> Iterator[Copies]:
    """Yield requests for refunds and inquiries of banks."""
    own = f"provider_id = {of.provider_id} AND tenant_id = {of.first}"
    credited = of.next_id("payments_attempt", "2 * n - 1")
    whose = of.of_all("(2 * n - 1)")
    yield Copies(
        "payments_refundrequest",
        own,
        max(2, of.tenants // 50),
        {
            "id": of.next_id("payments_refundrequest"),
            "tenant_id": whose,
            "attempt_id": credited,
            "public_id": "'rrq_b' || n",
        },
    )
    yield Copies(
        "payments_dispute",
        own,
        max(2, of.tenants // 100),
        {
            "id": of.next_id("payments_dispute"),
            "tenant_id": whose,
            "attempt_id": credited,
            "public_id": "'dsp_b' || n",
            "external_id": "'dp_b' || n",
        },
    )
    # The customer with many of everything has recharged by itself, again and again.
    yield Copies(
        "payments_recharge",
        f"provider_id = {of.provider_id} AND tenant_id = {of.last}",
        of.hot // 10,
        {
            "id": of.next_id("payments_recharge"),
            "public_id": "'rec_b' || n",
            "number": "n + 1",
            "attempt_id": of.next_id("payments_attempt", f"{2 * of.tenants} + 2 * n"),
        },
    )
