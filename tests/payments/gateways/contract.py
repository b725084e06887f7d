"""What every gateway promises, one class per capability; each gateway's test derives from those it has and stands its
simulator up with the fixtures that a class names."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from billing_platform.kernel.money import Money
from payments.gateways.errors import NOT_SEARCHABLE, GatewayRejected, GatewayUnavailable
from payments.gateways.protocol import Gateway
from payments.gateways.requests import (
    ChargeRequest,
    CheckoutRequest,
    CustomerRequest,
    LookUp,
    RefundRequest,
    SetupRequest,
)
from payments.gateways.values import (
    Checkout,
    CheckoutState,
    GatewayPayment,
    PaymentState,
    RefundState,
)

Charge = Callable[..., ChargeRequest]
Act = Callable[..., str]
Pay = Callable[[str, int], GatewayPayment]
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
BACK = "http://acme.localhost:8000/billing/back?attempt=pay_1"


class ChargeOnceContract:
    """Fixtures: gateway and ask (a charge: key, minor, card)."""

    currency = "USD"

    def test_a_charge_is_the_gateways_own_state(self, gateway: Gateway, ask: Charge) -> None:
        request = ask("a-1", 1050)

        paid = gateway.charge(request)

        assert paid.state is PaymentState.SUCCEEDED
        assert paid.received == paid.amount == Money(1050, self.currency)
        assert paid.reference == request.reference
        assert gateway.fetch_payment(paid.payment_id) == paid

    def test_one_key_is_one_charge(self, gateway: Gateway, ask: Charge) -> None:
        request = ask("a-1", 1050)

        assert gateway.charge(request) == gateway.charge(request)

    def test_a_key_with_another_amount_is_rejected(self, gateway: Gateway, ask: Charge) -> None:
        gateway.charge(ask("a-1", 1050))

        with pytest.raises(GatewayRejected):
            gateway.charge(ask("a-1", 1051))


class ChargeContract(ChargeOnceContract):
    """Fixtures besides: foreign (another account). `declined` is the bank's reason and the card that can be saved and
    not be charged for it; `keeps_declined`: the gateway keeps what it has declined as a payment that can be fetched."""

    declined = "insufficient_funds"
    keeps_declined = True

    def test_a_decline_is_rejected_with_its_reason(self, gateway: Gateway, ask: Charge) -> None:
        with pytest.raises(GatewayRejected) as caught:
            gateway.charge(ask("a-1", 1050, self.declined))

        if not self.keeps_declined:
            assert (caught.value.code, caught.value.object_id) == (self.declined, "")
            return
        assert caught.value.decline_code == self.declined
        kept = gateway.fetch_payment(caught.value.object_id)
        assert (kept.state, kept.received) == (PaymentState.FAILED, Money(0, self.currency))

    def test_another_account_sees_nothing(
        self, gateway: Gateway, foreign: Gateway, ask: Charge
    ) -> None:
        paid = gateway.charge(ask("a-1", 1050))

        assert gateway.fetch_account() != foreign.fetch_account()
        with pytest.raises(GatewayRejected):
            foreign.fetch_payment(paid.payment_id)


def refund_request(paid: GatewayPayment, key: str, minor: int) -> RefundRequest:
    """Return a refund whose key is of this payment alone, for sandboxes that remember."""
    amount = Money(minor, paid.amount.currency)
    return RefundRequest(f"{paid.payment_id}-{key}", paid.payment_id, amount, key)


class RefundContract:
    """Fixtures: gateway, pay (a payment that succeeded: key, minor)."""

    def test_refunds_never_exceed_the_payment(self, gateway: Gateway, pay: Pay) -> None:
        paid = pay("a-1", 1000)
        part = refund_request(paid, "r-1", 600)

        given = gateway.refund(part)

        assert given == gateway.refund(part) == gateway.fetch_refund(given.refund_id)
        assert given.state is RefundState.SUCCEEDED
        assert given.amount == part.amount == Money(600, paid.amount.currency)
        with pytest.raises(GatewayRejected):
            gateway.refund(refund_request(paid, "r-2", 401))
        with pytest.raises(GatewayRejected):
            gateway.refund(refund_request(paid, "r-1", 100))

    def test_one_is_found_by_its_reference(self, gateway: Gateway, pay: Pay) -> None:
        paid = pay("a-1", 1000)
        mine, other = (refund_request(paid, key, 600) for key in ("r-1", "r-2"))
        assert gateway.find_refund(mine) is None

        given = gateway.refund(mine)

        if gateway.capabilities.refund_key_holds < timedelta(days=30):
            assert (gateway.find_refund(mine), gateway.find_refund(other)) == (given, None)
            return
        # Who keeps the key of a refund for weeks may have no such list, and then says so.
        with pytest.raises(GatewayUnavailable, match=NOT_SEARCHABLE):
            gateway.find_refund(other)
        assert gateway.refund(mine) == given


class RefundOutageContract:
    """Fixtures: gateway, pay, lose (the next write's answer)."""

    def test_a_lost_answer_refunds_once(
        self, gateway: Gateway, pay: Pay, lose: Callable[[], None]
    ) -> None:
        paid = pay("a-1", 1000)
        lose()

        gateway.refund(refund_request(paid, "r-1", 600))

        rest = gateway.refund(refund_request(paid, "r-2", 400))
        assert rest.amount == Money(400, paid.amount.currency)


class OutageContract:
    """Fixtures: gateway, ask, lose (the next write's answer), deny (all answers) and count (the charges made)."""

    def test_a_lost_answer_charges_once(
        self, gateway: Gateway, ask: Charge, lose: Callable[[], None], count: Callable[[], int]
    ) -> None:
        request = ask("a-1", 1050)
        lose()

        gateway.charge(request)

        assert count() == 1

    def test_no_answer_is_unavailable(
        self, gateway: Gateway, ask: Charge, deny: Callable[[], None]
    ) -> None:
        request = ask("a-1", 1050)
        deny()

        with pytest.raises(GatewayUnavailable):
            gateway.charge(request)


class GatewayContract(ChargeContract, RefundContract, OutageContract, RefundOutageContract):
    """The charges and refunds of a gateway that charges saved methods; `pay` is a charge here."""

    @pytest.fixture
    def pay(self, gateway: Gateway, ask: Charge) -> Pay:
        return lambda key, minor: gateway.charge(ask(key, minor))


def pay_request(
    key: str, minor: int = 1050, customer: str = "", *, saves: bool = False
) -> CheckoutRequest:
    return CheckoutRequest(
        key=key,
        amount=Money(minor, "USD"),
        customer_id=customer,
        description="Top-up of Acme",
        reference=f"attempt-{key}",
        return_url=BACK,
        cancel_url="http://acme.localhost:8000/billing/canceled",
        saves_method=saves,
    )


def paid_by(checkout: Checkout) -> GatewayPayment:
    assert checkout.payment is not None
    return checkout.payment


class CheckoutContract:
    """Fixtures: gateway, payer (a customer's id or ""), visit (presses a button of a page: url, word; returns where
    the browser ends), lose (the next write's answer). Words: pay, decline. `closes_pages`: a page that is given up
    cannot be paid any more, else what is paid there is not taken; `proves_absence`: its list is never behind;
    `since`: when the payments of a test were made, or before."""

    closes_pages = True
    proves_absence = True
    since = LONG_AGO

    def test_a_page_is_paid_once(self, gateway: Gateway, payer: str, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        assert (page.state, page.payment) == (CheckoutState.OPEN, None)
        assert (page.reference, page.url[:4]) == ("attempt-c-1", "http")
        assert visit(page.url, "pay").startswith(BACK)
        done = gateway.advance_checkout(page.checkout_id)
        assert done.state is CheckoutState.COMPLETE
        assert (paid_by(done).state, paid_by(done).received) == (
            PaymentState.SUCCEEDED,
            Money(1050, "USD"),
        )
        assert paid_by(done).reference == "attempt-c-1"
        assert gateway.advance_checkout(page.checkout_id) == done
        assert gateway.fetch_payment(paid_by(done).payment_id).received == Money(1050, "USD")

    def test_nothing_is_settled_by_coming_back(self, gateway: Gateway, payer: str) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        found = gateway.advance_checkout(page.checkout_id)

        assert (found.state, found.payment) == (CheckoutState.OPEN, None)

    def test_a_lost_answer_opens_one_page(
        self, gateway: Gateway, payer: str, lose: Callable[[], None]
    ) -> None:
        lose()

        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        assert gateway.start_checkout(pay_request("c-1", customer=payer)) == page

    def test_a_decline_leaves_the_page_open(self, gateway: Gateway, payer: str, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        visit(page.url, "decline")

        assert gateway.advance_checkout(page.checkout_id).state is CheckoutState.OPEN
        visit(page.url, "pay")
        assert gateway.advance_checkout(page.checkout_id).state is CheckoutState.COMPLETE

    def test_an_expired_page_is_never_paid(self, gateway: Gateway, payer: str, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))

        end = CheckoutState.EXPIRED if self.closes_pages else CheckoutState.OPEN
        assert gateway.expire_checkout(page.checkout_id).state is end
        visit(page.url, "pay")
        found = gateway.expire_checkout(page.checkout_id)
        assert (found.state, found.payment) == (end, None)

    def test_a_paid_page_stays_paid(self, gateway: Gateway, payer: str, visit: Act) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))
        visit(page.url, "pay")
        if not self.closes_pages:
            gateway.advance_checkout(page.checkout_id)

        found = gateway.expire_checkout(page.checkout_id)

        assert found.state is CheckoutState.COMPLETE

    def test_a_payment_is_found_by_its_reference(
        self, gateway: Gateway, payer: str, visit: Act
    ) -> None:
        page = gateway.start_checkout(pay_request("c-1", customer=payer))
        visit(page.url, "pay")
        paid = paid_by(gateway.advance_checkout(page.checkout_id))

        found = gateway.find_payment(LookUp("attempt-c-1", payer, self.since))

        assert found is not None
        assert found.payment_id == paid.payment_id
        other = LookUp("attempt-c-2", payer, self.since)
        if self.proves_absence:
            assert gateway.find_payment(other) is None
            return
        # A list that is behind proves nothing; the same key asks the gateway itself.
        with pytest.raises(GatewayUnavailable, match=NOT_SEARCHABLE):
            gateway.find_payment(other)


class SetupContract:
    """Fixtures: gateway, payer, visit, lose. Words: pay (saves), decline. A gateway that makes no customers tells the
    payer's id with the method."""

    currency = "USD"

    def test_a_page_saves_a_method_that_can_be_charged(
        self, gateway: Gateway, payer: str, visit: Act
    ) -> None:
        page = gateway.start_setup(setup_request("s-1", payer, self.currency))

        visit(page.url, "pay")

        done = gateway.advance_checkout(page.checkout_id)
        assert (done.state, done.payment) == (CheckoutState.COMPLETE, None)
        assert done.method is not None
        owner, name = payer or done.method.customer_id, done.method.method_id
        assert gateway.list_methods(owner) == [done.method]
        amount = Money(700, self.currency)
        asked = ChargeRequest("a-1", amount, owner, name, "Usage", "attempt-a-1")
        assert gateway.charge(asked).state is PaymentState.SUCCEEDED

    def test_a_deleted_method_is_gone(self, gateway: Gateway, payer: str, visit: Act) -> None:
        page = gateway.start_setup(setup_request("s-1", payer, self.currency))
        visit(page.url, "pay")
        saved = gateway.advance_checkout(page.checkout_id).method
        assert saved is not None
        owner = payer or saved.customer_id

        gateway.delete_method(owner, saved.method_id)
        gateway.delete_method(owner, saved.method_id)

        assert gateway.list_methods(owner) == []
        amount = Money(700, self.currency)
        with pytest.raises(GatewayRejected):
            gateway.charge(ChargeRequest("a", amount, owner, saved.method_id, "U", "r"))

    def test_a_payer_who_is_gone_has_nothing(self, gateway: Gateway) -> None:
        assert gateway.list_methods("cus_none") == []

    def test_a_lost_answer_makes_one_payer(
        self, gateway: Gateway, lose: Callable[[], None]
    ) -> None:
        request = CustomerRequest("k-1", "Acme", "alice@acme.test", "tnt_1")
        lose()

        assert gateway.create_customer(request) == gateway.create_customer(request)


def setup_request(key: str, payer: str, currency: str = "USD") -> SetupRequest:
    return SetupRequest(key, payer, currency, f"setup-{key}", BACK, BACK)
