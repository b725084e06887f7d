"""Money of a payment goes back to the balance: two lines that name each other, no gateway, never more than was paid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from accounts.services.grants import grant_credit
from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from payments.enums import NoWayBack, RefundDestination, RefundState
from payments.errors import FormReused, NoWayToRefund, RefundNotCovered, RefundTooLarge
from payments.models import Connection, Refund
from payments.services.refund_ways import refund_choice
from payments.services.refunds import give_back
from tenants.registry import REFUNDS_DESTINATION
from tenants.selectors.tenants import tenant_by_id
from tenants.services.settings import set_setting
from tests.payments.services.test_refunds import act, agrees, paid, rows
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.payments.till import Till


def back(
    till: Till,
    payment: str,
    minor: int = 1050,
    key: str = "form-1",
    to: str = RefundDestination.BALANCE,
    *,
    overdraws: bool = False,
) -> str:
    return give_back(
        provider_id=till.provider_id,
        public_id=payment,
        amount=Money(minor, "USD"),
        destination=to,
        overdraws=overdraws,
        reason="Did not work",
        request_key=key,
        user_id=7,
        now=now(),
    )


def lines(till: Till) -> list[tuple[str, str, int]]:
    """Return kind, source and amount of the wallet's entries after the payment."""
    with provider_scope(till.provider_id):
        found = fetch_all(
            "SELECT p.kind, p.source_id, e.amount_minor FROM accounts_entry e"
            " JOIN accounts_posting p ON p.id = e.posting_id"
            " JOIN accounts_account a ON a.id = e.account_id WHERE a.kind = 'wallet' ORDER BY e.id"
        )
    return [(kind, source, minor) for kind, source, minor in found][1:]


def other(till: Till, kind: str) -> int:
    """Return what an account other than the wallet holds."""
    with provider_scope(till.provider_id):
        ((minor,),) = fetch_all(
            "SELECT coalesce(sum(e.amount_minor), 0)::bigint FROM accounts_entry e"
            " JOIN accounts_account a ON a.id = e.account_id WHERE a.kind = %s",
            [kind],
        )
    return int(minor)


class TestUnused:
    def test_it_is_two_lines_that_name_the_refund_and_no_call(self, till: Till) -> None:
        payment = paid(till)
        before = len(till.server.log)

        assert back(till, payment, 400) == back(till, payment, 400) == RefundState.SUCCEEDED

        (row,) = rows(till)
        assert lines(till) == [("credit", row.public_id, 400), ("refund", row.public_id, -400)]
        assert (row.posting_id, row.credit_id, row.external_id) != (None, None, "")
        assert len(till.server.log) == before
        assert (till.balance(), till.postings()[-1][1]) == (1050, -1050)
        assert (other(till, "refund_payable"), other(till, "adjustment")) == (0, 0)
        with pytest.raises(FormReused):
            back(till, payment, 400, to=RefundDestination.ORIGINAL)

    def test_it_counts_with_the_gateways_refunds_against_what_was_paid(self, till: Till) -> None:
        payment = paid(till)
        back(till, payment, 400)
        act(till, "dashboard_refund", id=till.row(payment).external_id, amount=300)
        till.hear()

        for to in RefundDestination:
            with pytest.raises(RefundTooLarge):
                back(till, payment, 351, "form-2", to)

        assert back(till, payment, 350, "form-3", RefundDestination.ORIGINAL) == "succeeded"
        till.hear()
        agrees(till, 400)


class TestUsed:
    def test_used_credit_is_given_by_the_provider_and_unused_not_doubled(self, till: Till) -> None:
        payment = paid(till)
        till.use(800)
        spent = other(till, "adjustment")

        back(till, payment)

        (row,) = rows(till)
        assert lines(till)[1:] == [
            ("credit", row.public_id, 1050),
            ("refund", row.public_id, -250),
        ]
        assert (till.balance(), other(till, "adjustment") - spent) == (1050, -800)
        assert other(till, "refund_payable") == 0

    def test_all_used_is_one_credit(self, till: Till) -> None:
        payment = paid(till)
        till.use(1050)

        back(till, payment, 300)

        assert (rows(till)[0].posting_id, till.balance()) == (None, 300)

    def test_bonus_is_not_taken_for_unused_credit(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            grant_credit(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                amount=Money(500, "USD"),
                key="bonus",
                now=now(),
            )
        till.use(1250)  # the bonus is used first, then 7.50 of the payment

        back(till, payment, 1050)

        assert till.balance() == 1050

    def test_the_card_gets_used_credit_only_by_a_persons_word(self, till: Till) -> None:
        payment = paid(till)
        till.use(800)

        with pytest.raises(RefundNotCovered):
            back(till, payment, 251, to=RefundDestination.ORIGINAL)
        done = back(till, payment, 1050, to=RefundDestination.ORIGINAL, overdraws=True)

        assert (done, till.balance()) == (RefundState.SUCCEEDED, -800)

    def test_a_client_at_its_limit_is_suspended_in_the_same_moment(self, till: Till) -> None:
        payment = paid(till)
        till.use(800)
        # The rule wants that something was charged in this period; how is not what is asked here.
        with as_role("owner"), provider_scope(till.provider_id):
            execute("UPDATE accounts_wallet SET period_posted = 1, is_charged = true")

        back(till, payment, 1050, to=RefundDestination.ORIGINAL, overdraws=True)

        with provider_scope(till.provider_id):
            assert tenant_by_id(till.provider_id, till.tenant_id).status == "suspended"


class TestWays:
    def test_a_connection_that_is_broken_leaves_the_balance(self, till: Till) -> None:
        payment = paid(till)
        with provider_scope(till.provider_id):
            Connection.objects.update(state="broken")

        with pytest.raises(NoWayToRefund):
            back(till, payment, to=RefundDestination.ORIGINAL)

        assert back(till, payment) == RefundState.SUCCEEDED

    def test_a_closed_card_leaves_the_balance(self, till: Till) -> None:
        payment = till.start()
        till.press(payment, "bank")
        till.hear()
        till.server.advance(5 * 86_400)
        till.hear()
        back(till, payment, to=RefundDestination.ORIGINAL)
        till.hear()
        act(till, "refund_fail", id=rows(till)[0].external_id, reason="expired_or_canceled_card")
        till.hear()

        with pytest.raises(NoWayToRefund, match="closed"):
            back(till, payment, key="form-2", to=RefundDestination.ORIGINAL)

        assert back(till, payment, key="form-2") == RefundState.SUCCEEDED

    def test_what_is_too_old_for_its_gateway_leaves_the_balance(
        self, till: Till, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        payment = till.row(paid(till))
        limited = type("Limited", (), {"capabilities": type("Able", (), {"refund_days": 180})()})()
        monkeypatch.setattr("payments.services.refund_ways.load_gateway", lambda **_scope: limited)

        with provider_scope(till.provider_id):
            for days, bar in ((179, NoWayBack.NONE), (181, NoWayBack.AGE)):
                at = now() + timedelta(days=days)
                choice = refund_choice(till.provider_id, payment.pk, now=at)
                assert choice.bar is bar
                assert (RefundDestination.ORIGINAL in choice.offered) is (bar is NoWayBack.NONE)

    def test_the_setting_says_where_it_goes(self, till: Till) -> None:
        payment = till.row(paid(till))
        with provider_scope(till.provider_id):
            for value in RefundDestination:
                set_setting(
                    provider_id=till.provider_id,
                    name=REFUNDS_DESTINATION.name,
                    value=value.value,
                    now=now(),
                )
                choice = refund_choice(till.provider_id, payment.pk, now=now())
                assert choice.default is value


class TestDatabase:
    def test_it_refuses_more_than_was_paid_and_half_a_refund(self, till: Till) -> None:
        back(till, paid(till), 400)
        (row,) = rows(till)
        copy = (
            "INSERT INTO payments_refund (public_id, provider_id, tenant_id, connection_id,"
            " attempt_id, destination, amount_minor, currency, reason, key, request_key, asked_by,"
            " created_at, state, state_at, external_id, failure_code, posting_id, credit_id, polls)"
            " SELECT 'ref_x', provider_id, tenant_id, connection_id, attempt_id, destination, %s,"
            " currency, reason, 'k', 'r', asked_by, created_at, state, state_at, external_id, '',"
            " NULL, {credit}, 0 FROM payments_refund WHERE id = %s"
        )
        for sql, params, name in (
            (copy.format(credit="NULL"), [1, row.pk], "payments_refund_paid"),
            (copy.format(credit="posting_id"), [651, row.pk], "more than was paid"),
            ("UPDATE payments_refund SET credit_id = NULL WHERE id = %s", [row.pk], "keeps"),
            ("UPDATE payments_refund SET destination = 'x' WHERE id = %s", [row.pk], "keeps"),
        ):
            with (
                provider_scope(till.provider_id),
                pytest.raises(IntegrityError, match=name),
                transaction.atomic(),
            ):
                execute(sql, params)
        with provider_scope(till.provider_id):
            assert Refund.objects.count() == 1
