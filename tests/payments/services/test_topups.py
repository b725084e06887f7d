"""A top-up is opened once, with the terms that somebody agreed to; nothing is opened of what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.clock import now
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from payments.enums import TOPUP_MOVES, AttemptState, TopupState
from payments.errors import ConnectionNotFound, FormReused
from payments.errors_topups import QuoteChanged, TopupBlocked, TopupNotFound
from payments.models import Attempt, Topup
from payments.selectors.topup_limits import Span, topup_limits
from payments.selectors.topups import topup_by_public_id
from payments.services.settlement import move
from payments.services.sync import sync_payment
from payments.services.topup_limits import save_own_limits
from payments.services.topups import charge_topup, open_bank_topup, start_topup
from payments.types import TopupTerms
from tenants.services.settings import set_setting
from tests.payments.till import PAYER, Till, post
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast


def terms(till: Till, minor: int = 1050, **more: Any) -> TopupTerms:
    given = {
        "connection": till.public_id,
        "request_key": "form-1",
        "return_url": till.terms().return_url,
        **more,
    }
    return TopupTerms(amount=Money(minor, "USD"), **given)


def start(till: Till, minor: int = 1050, **more: Any) -> str:
    named: dict[str, Any] = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
    return start_topup(**named, terms=terms(till, minor, **more), payer=PAYER, now=now())


def open_bank(provider_id: int, tenant_id: int, key: str = "form-1") -> str:
    with provider_scope(provider_id):
        return open_bank_topup(
            provider_id=provider_id,
            tenant_id=tenant_id,
            amount=Money(1050, "USD"),
            code="",
            request_key=key,
            opened_by=None,
            now=now(),
        )


def only(till: Till) -> Topup:
    with provider_scope(till.provider_id):
        return Topup.objects.get()


class TestStart:
    def test_one_form_opens_one_top_up_and_one_payment(self, till: Till) -> None:
        payment = start(till)

        assert start(till) == payment
        assert only(till).attempt_id == till.row(payment).pk
        assert till.row(payment).reference == only(till).public_id
        for other in ({"minor": 1051}, {"code": "X"}, {"connection": "con_other"}):
            with pytest.raises((FormReused, ConnectionNotFound)):
                start(till, **other)

    @pytest.mark.parametrize(
        ("more", "error"),
        [
            ({"minor": 99}, TopupBlocked),
            ({"code": "NONE"}, TopupBlocked),
            ({"agreed": Money(1049, "USD")}, QuoteChanged),
            ({"connection": "con_none"}, ConnectionNotFound),
        ],
    )
    def test_what_is_refused_opens_nothing(
        self, till: Till, more: dict[str, Any], error: type[Exception]
    ) -> None:
        with provider_scope(till.provider_id):
            set_setting(
                provider_id=till.provider_id, name="topup.least_minor", value=100, now=now()
            )

        with pytest.raises(error):
            start(till, **more)

        with provider_scope(till.provider_id):
            assert (Topup.objects.count(), Attempt.objects.count()) == (0, 0)

    def test_a_saved_method_is_charged_while_nobody_is_there(self, till: Till) -> None:
        payment = charge_topup(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            terms=terms(till),
            payer=PAYER,
            method_id=till.save_card(),
            now=now(),
        )

        assert till.row(payment).state == "succeeded"
        assert (only(till).state, till.balance()) == ("credited", 1050)

    def test_what_failed_is_closed_and_late_money_is_money(self, till: Till) -> None:
        payment = start(till)
        page = till.row(payment).checkout_url
        with provider_scope(till.provider_id):
            move(till.row(payment), AttemptState.CANCELED, now())
        assert only(till).state == "closed"

        post(page, {"choice": "pay", "number": "4242" * 4})
        sync_payment(provider_id=till.provider_id, attempt_id=till.row(payment).pk, now=now())

        assert (only(till).state, till.balance()) == ("credited", 1050)

    def test_a_limit_of_nothing_is_no_limit(self, till: Till) -> None:
        own: Any = {"provider_id": till.provider_id, "tenant_id": till.tenant_id, "currency": "USD"}

        save_own_limits(**own, least_minor=0, most_minor=5000, now=now())

        with provider_scope(till.provider_id):
            found = topup_limits(till.provider_id, till.tenant_id, "USD").own
        assert found == Span(None, Money(5000, "USD"))

    def test_nobody_else_sees_it(self, till: Till, cast: Cast) -> None:
        name = open_bank(till.provider_id, till.tenant_id)

        with tenant_scope(cast.nimbus, cast.globex), pytest.raises(TopupNotFound):
            topup_by_public_id(cast.nimbus, name)
        with provider_scope(cast.nimbus), pytest.raises(TopupNotFound):
            topup_by_public_id(cast.nimbus, name, tenant_id=cast.globex)


class TestDatabase:
    def test_it_keeps_what_was_agreed_and_moves_as_the_table_says(self, cast: Cast) -> None:
        name = open_bank(cast.nimbus, cast.acme)
        with provider_scope(cast.nimbus):
            for sql in (
                "UPDATE payments_topup SET total_minor = 1, amount_minor = 1",
                "UPDATE payments_topup SET taxes = '{\"a\": 1}', tax_point = 'top_up'",
                "UPDATE payments_topup SET code = 'X'",
            ):
                with (
                    pytest.raises(IntegrityError, match="keeps what was agreed"),
                    transaction.atomic(),
                ):
                    execute(sql)
            for before in TopupState:
                for after in set(TopupState) - {before}:
                    with as_role("owner"):
                        execute("ALTER TABLE payments_topup DISABLE TRIGGER USER")
                        execute("UPDATE payments_topup SET state = %s", [before])
                        execute("ALTER TABLE payments_topup ENABLE TRIGGER USER")
                    assert _moves(after) == (after in TOPUP_MOVES[before])
            assert topup_by_public_id(cast.nimbus, name).total == Money(1050, "USD")

    def test_it_adds_up(self, cast: Cast) -> None:
        for wrong, rule in (
            ({"total_minor": 1049}, "total"),
            ({"tax_minor": 50, "total_minor": 1100}, "words"),
            ({"bonus_minor": 5}, "promised"),
            ({"amount_minor": 0, "total_minor": 0}, "amounts"),
        ):
            values = {
                "currency": "USD",
                "amount_minor": 1050,
                "total_minor": 1050,
                "tax_point": "consumption",
                "request_key": "raw",
                "created_at": now(),
                "state_at": now(),
                **wrong,
            }
            with (
                provider_scope(cast.nimbus),
                pytest.raises(IntegrityError, match=f"payments_topup_{rule}"),
            ):
                Topup.objects.create(provider_id=cast.nimbus, tenant_id=cast.acme, **values)


def _moves(state: str) -> bool:
    try:
        with transaction.atomic():
            execute("UPDATE payments_topup SET state = %s", [state])
    except IntegrityError:
        return False
    return True
