"""A payment that leaves twice, by a dispute and by a refund at the gateway: whoever is told first, the same bear it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from accounts.services.audit import verify
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from payments.gateways.values import DisputeState, GatewayDispute, GatewayRefund, RefundState
from payments.models import Dispute
from payments.selectors.borne_refunds import borne_by_provider
from payments.services.dispute_outcomes import note_dispute
from payments.services.disputes import record_dispute
from payments.services.refund_outcomes import record_refund
from payments.services.settlement import locked
from payments.services.transactions import own_transaction
from tests.database import undone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.payments.shop import Shop

PAID = 1050
ORDERS = [
    *permutations(("opened", "refund", "lost")),
    *permutations(("opened", "refund", "lost", "won")),
]


@dataclass
class Bank:
    """Tells of one payment's dispute and refund in any order, as events that are worked off do."""

    shop: Shop
    payment: str
    disputed: int
    refunded: int

    def tell(self, word: str) -> None:
        """Work off one event."""
        own = {"provider_id": self.shop.provider_id, "connection_id": self.shop.connection.pk}
        if word in {"refund", "refund_failed"}:
            record_refund(**own, found=self.refund(word), now=now())
        else:
            found = self.dispute(word)
            record_dispute(**own, gateway=self.shop.speaker(), found=found, now=now())

    def accept(self, word: str) -> None:
        """Let somebody decide that the provider bears what a dispute asks beyond what is left."""
        with own_transaction(self.shop.provider_id):
            attempt = locked(self.shop.provider_id, self.shop.row(self.payment).pk)
            note_dispute(attempt=attempt, found=self.dispute(word), now=now(), accepted_by=7)

    def dispute(self, word: str) -> GatewayDispute:
        """Return the dispute as a gateway would have it."""
        state = {"opened": DisputeState.OPEN, "won": DisputeState.WON}.get(word, DisputeState.LOST)
        amount = Money(self.disputed, "USD")
        return GatewayDispute(
            dispute_id=f"dp_{self.payment}",
            payment_id=self.shop.row(self.payment).external_id,
            state=state,
            amount=amount,
            withdrawn=Money(0, "USD") if state is DisputeState.WON else amount,
            reason="fraudulent",
            evidence_due_at=None,
        )

    def refund(self, word: str) -> GatewayRefund:
        """Return the refund as a gateway would have it."""
        return GatewayRefund(
            refund_id=f"re_{self.payment}",
            payment_id=self.shop.row(self.payment).external_id,
            state=RefundState.FAILED if word == "refund_failed" else RefundState.PENDING,
            amount=Money(self.refunded, "USD"),
            reference="",
            failure_code="",
        )

    def ends_alike(self, order: tuple[str, ...]) -> None:
        """Tell everything twice in an order; what is right stands in the ledger then, once people have decided."""
        for word in order:
            self.tell(word)
            self.tell(word)

        # A decision stands until a later instance decides otherwise, an open dispute until it is decided.
        last = [word for word in order if word in {"lost", "won"}][-1]
        right = expected(self.disputed, self.refunded, is_lost=last == "lost")
        with provider_scope(self.shop.provider_id):
            (row,) = Dispute.objects.all()
        if row.problem:
            # Nothing more is taken before a decision.
            assert self.shop.balance() >= right["wallet"], order
            self.accept(last)
        assert self.sums() == right, order

    def sums(self) -> dict[str, int]:
        """Return what stands in the ledger, which holds together."""
        with provider_scope(self.shop.provider_id):
            assert verify(provider_id=self.shop.provider_id).findings == ()
            found = dict(
                fetch_all(
                    "SELECT a.kind, sum(e.amount_minor)::bigint FROM accounts_entry e"
                    " JOIN accounts_account a ON a.id = e.account_id GROUP BY 1"
                )
            )
        assert found["wallet"] == self.shop.balance()
        return {kind: found.get(kind, 0) for kind in ("wallet", "bad_debt", "gateway_clearing")}

    def borne(self) -> int:
        """Return what the payment's page says of refunds."""
        number = self.shop.row(self.payment).pk
        with provider_scope(self.shop.provider_id):
            return borne_by_provider(self.shop.provider_id, number)


@pytest.fixture
def shop(shop_with: Callable[[str], Shop]) -> Shop:
    return shop_with("paypal")


def expected(disputed: int, refunded: int, *, is_lost: bool) -> dict[str, int]:
    """Return what is right: the client answers for what came, the provider for what left beyond it."""
    gone = refunded + (disputed if is_lost else 0)
    borne = max(gone - PAID, 0)
    return {"wallet": PAID - gone + borne, "bad_debt": -borne, "gateway_clearing": gone - PAID}


@pytest.mark.parametrize(("disputed", "refunded"), [(PAID, PAID), (400, PAID), (PAID, 400)])
class TestAnyOrder:
    def test_it_ends_alike(self, shop: Shop, disputed: int, refunded: int) -> None:
        bank = Bank(shop, shop.paid(), disputed, refunded)
        for order in ORDERS:
            with undone():
                bank.ends_alike(order)

    def test_a_refund_that_fails_gives_back_what_it_took_only(
        self, shop: Shop, disputed: int, refunded: int
    ) -> None:
        for order in (("opened", "refund", "lost"), ("lost", "refund")):
            bank = Bank(shop, shop.paid("-".join(order)), disputed, refunded)
            before = bank.sums()["wallet"]
            for word in (*order, "refund_failed"):
                bank.tell(word)

            assert bank.sums()["wallet"] == before - disputed
            assert bank.sums()["bad_debt"] == bank.borne() == 0


class TestPage:
    def test_it_tells_what_the_provider_bears_until_the_dispute_is_won(self, shop: Shop) -> None:
        bank = Bank(shop, shop.paid(), PAID, PAID)
        told = []
        for word in ("opened", "refund", "lost", "won"):
            bank.tell(word)
            told.append((bank.borne(), shop.balance()))

        assert told == [(0, 0), (0, -PAID), (PAID, 0), (0, 0)]
