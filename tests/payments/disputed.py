"""Disputes at the simulated Stripe, and what of them is written down, for the tests of disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from payments.models import Dispute
from payments.services.reconciliation import reconcile
from tests.payments.services.test_refunds import act

if TYPE_CHECKING:
    from tests.payments.till import Till

FEE = 1500


def dispute(till: Till, payment: str, **details: object) -> str:
    """Let the payer's bank ask for a payment's money and return the gateway's id of it."""
    return act(till, "dispute_open", id=till.row(payment).external_id, **details)


def close(till: Till, name: str, outcome: str, **details: object) -> None:
    """Decide a dispute at the gateway."""
    act(till, "dispute_close", id=name, outcome=outcome, **details)


def rows(till: Till) -> list[Dispute]:
    """Return the disputes that are written down."""
    with provider_scope(till.provider_id):
        return list(Dispute.objects.order_by("pk"))


def states(till: Till) -> list[str]:
    """Return where the disputes stand."""
    return [row.state for row in rows(till)]


def agrees(till: Till, balance: int, *, fees: int = 0, borne: int = 0) -> None:
    """Hold wallet, ledger and gateway against each other, to the cent."""
    with provider_scope(till.provider_id):
        assert verify(provider_id=till.provider_id).findings == ()
        sums = dict(
            fetch_all(
                "SELECT a.kind, sum(e.amount_minor)::bigint FROM accounts_entry e"
                " JOIN accounts_account a ON a.id = e.account_id GROUP BY 1"
            )
        )
    assert (till.balance(), -sums.get("gateway_fees", 0)) == (balance, fees)
    assert -sums.get("bad_debt", 0) == borne
    found = reconcile(provider_id=till.provider_id, now=now())
    assert (found.differences, found.failed) == ((), {})
