"""A customer asks, staff decide, above the limit two of them; each decision is made once and both sides are told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import ApprovalState
from accounts.errors import SamePersonError, UnknownApprovalError
from accounts.models import Approval
from accounts.services.approvals import approve
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from payments.enums import RefundDestination, RequestState
from payments.errors import (
    AmountRefused,
    AskingIsOff,
    FormReused,
    NotRefundable,
    PaymentNotFound,
    ReasonMissing,
    RefundNotCovered,
    RefundTooLarge,
    RequestDecided,
    RequestIsOpen,
    RequestNotFound,
    TooLateToAsk,
)
from payments.models import Refund, RefundRequest
from payments.services.refund_decisions import (
    approve_request,
    confirm_request,
    decline_proposal,
    propose_refund,
    reject_request,
)
from payments.services.refund_notices import TOPIC, tell_request
from payments.services.refund_requests import ask_refund, withdraw_request
from payments.types import RefundTerms
from tenants.models import User
from tenants.registry import APPROVAL_LIMIT_MINOR, REFUNDS_CUSTOMERS_ASK, REFUNDS_WINDOW_DAYS
from tenants.services.settings import set_setting
from tests.outbox import mails_of, messages_of
from tests.payments.services.test_refunds import act, agrees, paid
from tests.roles import as_role

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cast import Cast
    from tests.payments.till import Till

ALICE, PAULA, BILL = 1001, 1002, 1003


def ask(
    till: Till,
    payment: str,
    minor: int = 400,
    key: str = "form-1",
    at: datetime | None = None,
    **other: Any,
) -> str:
    facts: dict[str, Any] = {
        "provider_id": till.provider_id,
        "tenant_id": till.tenant_id,
        "public_id": payment,
        "amount": Money(minor, "USD"),
        "reason": "Paid twice",
        "request_key": key,
        "user_id": ALICE,
        "now": at or now(),
    }
    return ask_refund(**(facts | other))


def terms(minor: int = 400, to: str = RefundDestination.ORIGINAL) -> RefundTerms:
    return RefundTerms(amount=Money(minor, "USD"), destination=to)


def say(till: Till, verb: Any, request: str, user_id: int = PAULA, **more: Any) -> Any:
    return verb(provider_id=till.provider_id, public_id=request, user_id=user_id, now=now(), **more)


def row(till: Till) -> RefundRequest:
    with provider_scope(till.provider_id):
        return RefundRequest.objects.order_by("-pk")[0]


def put(till: Till, setting: Any, value: object) -> None:
    with provider_scope(till.provider_id):
        set_setting(provider_id=till.provider_id, name=setting.name, value=value, now=now())


class TestAsked:
    def test_it_is_asked_once_and_nothing_moves(self, till: Till) -> None:
        payment = paid(till)

        assert ask(till, payment) == ask(till, payment)

        assert (row(till).state, till.balance()) == (RequestState.ASKED, 1050)
        for key, minor, refusal in (("form-1", 401, FormReused), ("form-2", 400, RequestIsOpen)):
            with pytest.raises(refusal):
                ask(till, payment, minor, key)
        second = row(till)
        second.pk, second.public_id, second.request_key = None, "rrq_x", "form-3"
        with (
            provider_scope(till.provider_id),
            pytest.raises(IntegrityError, match="payments_refund_request_open"),
        ):
            second.save(force_insert=True)

    def test_what_cannot_be_asked_is_refused(self, till: Till, cast: Cast) -> None:
        payment = paid(till)

        for refusal, facts in (
            (RefundTooLarge, {"amount": Money(1051, "USD")}),
            (AmountRefused, {"amount": Money(0, "USD")}),
            (ReasonMissing, {"reason": "  "}),
            (PaymentNotFound, {"tenant_id": cast.globex}),
            (PaymentNotFound, {"provider_id": cast.sonora}),
            (TooLateToAsk, {"now": now() + timedelta(days=60)}),
        ):
            with pytest.raises(refusal):
                ask(till, payment, **facts)
        put(till, REFUNDS_WINDOW_DAYS, 61)
        put(till, REFUNDS_CUSTOMERS_ASK, value=False)
        with pytest.raises(AskingIsOff):
            ask(till, payment)
        put(till, REFUNDS_CUSTOMERS_ASK, value=True)
        assert ask(till, payment, at=now() + timedelta(days=60))

    def test_it_is_withdrawn_by_its_own_side_and_asked_anew(self, till: Till, cast: Cast) -> None:
        payment = paid(till)
        request = ask(till, payment)

        with pytest.raises(RequestNotFound):
            say(till, withdraw_request, request, ALICE, tenant_id=cast.globex)
        say(till, withdraw_request, request, ALICE, tenant_id=till.tenant_id)
        for verb, more in (
            (withdraw_request, {"tenant_id": till.tenant_id}),
            (approve_request, {"terms": terms()}),
            (reject_request, {"answer": "No"}),
        ):
            with pytest.raises(RequestDecided):
                say(till, verb, request, **more)

        assert ask(till, payment, key="form-2") != request
        assert till.balance() == 1050


class TestDecided:
    def test_a_part_goes_to_the_card_once(self, till: Till) -> None:
        payment = paid(till)
        request = ask(till, payment, 800)

        with pytest.raises(RefundTooLarge):
            say(till, approve_request, request, terms=terms(801))
        assert say(till, approve_request, request, terms=terms(300)) == "succeeded"
        with pytest.raises(RequestDecided):
            say(till, approve_request, request, terms=terms(300))

        till.hear()
        agrees(till, 750)
        assert (row(till).state, row(till).granted_minor) == (RequestState.APPROVED, 300)

    def test_to_the_balance_and_what_is_used_stays_open_for_the_card(self, till: Till) -> None:
        request = ask(till, paid(till), 1050)
        till.use(800)

        with pytest.raises(RefundNotCovered):
            say(till, approve_request, request, terms=terms(1050))
        assert row(till).state == RequestState.ASKED
        say(till, approve_request, request, terms=terms(1050, RefundDestination.BALANCE))

        assert till.balance() == 1050

    def test_a_payment_that_is_disputed_meanwhile_is_frozen(self, till: Till) -> None:
        payment = paid(till)
        request = ask(till, payment)
        act(till, "dispute_open", id=till.row(payment).external_id)
        till.hear()

        for to in RefundDestination:
            with pytest.raises(NotRefundable):
                say(till, approve_request, request, terms=terms(400, to))
        say(till, withdraw_request, request, ALICE, tenant_id=till.tenant_id)
        with pytest.raises(AskingIsOff):
            ask(till, payment, key="form-2")

        with provider_scope(till.provider_id):
            assert Refund.objects.count() == 0
        assert till.balance() == 0

    def test_rejected_it_has_a_reason_and_nothing_moves(self, till: Till, cast: Cast) -> None:
        request = ask(till, paid(till))

        with pytest.raises(ReasonMissing):
            say(till, reject_request, request, answer=" ")
        with pytest.raises(RequestNotFound):
            reject_request(
                provider_id=cast.sonora, public_id=request, answer="No", user_id=PAULA, now=now()
            )
        say(till, reject_request, request, answer="Used as agreed")

        assert (row(till).answer, till.balance()) == ("Used as agreed", 1050)
        with (
            provider_scope(till.provider_id),
            pytest.raises(IntegrityError, match="how it was decided"),
            transaction.atomic(),
        ):
            execute("UPDATE payments_refundrequest SET answer = 'Yes'")


class TestSecondPerson:
    @pytest.fixture
    def request_id(self, till: Till) -> str:
        """Return a request of 10.50 that waits for a second person, since 5.00 is the limit of one."""
        request = ask(till, paid(till), 1050)
        put(till, APPROVAL_LIMIT_MINOR, 500)
        assert say(till, approve_request, request, terms=terms(1050)) == RequestState.WAITING
        assert till.balance() == 1050
        return request

    def test_somebody_else_agrees_and_it_is_given_back_once(
        self, till: Till, request_id: str
    ) -> None:
        with pytest.raises(SamePersonError):
            say(till, confirm_request, request_id, PAULA)
        with provider_scope(till.provider_id):
            approval = Approval.objects.get()
            with pytest.raises(UnknownApprovalError):
                approve(
                    provider_id=till.provider_id,
                    approval_id=approval.pk,
                    user_id=BILL,
                    now=now(),
                )
        assert say(till, confirm_request, request_id, BILL) == "succeeded"
        with pytest.raises(RequestDecided):
            say(till, confirm_request, request_id, BILL)

        till.hear()
        agrees(till, 0)
        with provider_scope(till.provider_id):
            approval.refresh_from_db()
        assert (approval.state, approval.decided_by) == (ApprovalState.APPROVED, BILL)

    @pytest.mark.parametrize(
        "change",
        [
            "payments_refundrequest SET decided_at = asked_at, refund_id = 1, decided_by = proposed_by",
            "accounts_approval SET decided_at = requested_at, decided_by = requested_by",
        ],
    )
    def test_the_database_refuses_one_person_twice(
        self, till: Till, request_id: str, change: str
    ) -> None:
        with (
            provider_scope(till.provider_id),
            pytest.raises(IntegrityError, match="second_person"),
            transaction.atomic(),
        ):
            execute(f"UPDATE {change}, state = 'approved'")
        assert row(till).public_id == request_id

    def test_declined_it_is_open_again_and_withdrawn_it_needs_nobody(
        self, till: Till, request_id: str
    ) -> None:
        say(till, decline_proposal, request_id, BILL)
        assert (row(till).state, row(till).granted_minor) == (RequestState.ASKED, None)
        say(till, approve_request, request_id, BILL, terms=terms(600))
        say(till, withdraw_request, request_id, ALICE, tenant_id=till.tenant_id)

        with pytest.raises(RequestDecided):
            say(till, confirm_request, request_id, PAULA)

        with provider_scope(till.provider_id):
            states = list(Approval.objects.order_by("pk").values_list("state", flat=True))
            assert Refund.objects.count() == 0
        assert states == [ApprovalState.DECLINED, ApprovalState.WITHDRAWN]

    def test_what_staff_propose_themselves_waits_as_well(self, till: Till) -> None:
        payment = paid(till)
        put(till, APPROVAL_LIMIT_MINOR, 500)
        facts: dict[str, Any] = {
            "provider_id": till.provider_id,
            "payment": payment,
            "reason": "Ordered twice",
            "request_key": "f",
            "user_id": PAULA,
            "now": now(),
        }
        request = propose_refund(terms=terms(900), **facts)
        assert propose_refund(terms=terms(900), **facts) == request
        with pytest.raises(RequestNotFound):
            say(till, withdraw_request, request, ALICE, tenant_id=till.tenant_id)

        say(till, confirm_request, request, BILL)

        till.hear()
        agrees(till, 150)


class TestMails:
    def test_both_sides_are_told_once_in_their_language(self, till: Till, cast: Cast) -> None:
        User.objects.filter(pk=cast.users["paula"]).update(language="de")
        request = ask(till, paid(till))
        say(till, approve_request, request, terms=terms(300, RefundDestination.BALANCE))

        with as_role("worker"):
            for message in messages_of(till.provider_id, TOPIC) * 2:
                tell_request(message)

        mails = mails_of(till.provider_id)
        assert [mail["to"].split("@")[0] for mail in mails] == ["alice", "paula", "bill", "alice"]
        for place, words in (
            (0, "4.00"),
            (0, "Paid twice"),
            (1, "4,00"),
            (3, "3.00"),
            (3, "balance"),
        ):
            assert words in mails[place]["text"]


class TestIsolation:
    def test_a_tenant_reads_its_own_and_writes_none(self, till: Till, cast: Cast) -> None:
        ask(till, paid(till))
        for tenant, count in ((cast.acme, 1), (cast.globex, 0)):
            with tenant_scope(cast.nimbus, tenant):
                assert RefundRequest.objects.count() == count
                sql = "UPDATE payments_refundrequest SET state = 'withdrawn', decided_at = now()"
                assert execute(sql) == 0
        with provider_scope(cast.sonora):
            assert RefundRequest.objects.count() == 0
