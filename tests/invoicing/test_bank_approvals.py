"""Matches by hand above the provider's limit are made by a second person, once; what names its reference needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from invoicing.services.bank_decisions import (
    approve_match,
    decline_match,
    match_by_hand,
    return_by_hand,
    set_aside,
)
from payments.errors_bank import (
    BankLineNotFound,
    MatchWaits,
    NoMatchRequest,
    SameMatchPerson,
)
from payments.models import BankMatchRequest
from payments.selectors.bank_requests import count_waiting_matches
from payments.services.bank_lines import Decision
from tenants.services.settings import set_setting
from tests.invoicing.bank_desk import NOW, BankDesk, by_hand
from tests.payments.statements.bank import Moved
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cast import Cast

ASKS, APPROVES = 7, 8


@pytest.fixture
def desk(cast: Cast) -> Iterator[BankDesk]:
    """Return Nimbus's bank business, as worker, where more than 100.00 needs a second person."""
    with as_role("worker"):
        with provider_scope(cast.nimbus):
            set_setting(provider_id=cast.nimbus, name="approval.limit_minor", value=10_000, now=NOW)
        yield BankDesk.open(cast.nimbus)


def match(desk: BankDesk, target: str) -> bool:
    """Match the newest line by hand."""
    return match_by_hand(
        provider_id=desk.provider_id,
        line=desk.line().public_id,
        target=target,
        decision=Decision(now=NOW, user_id=ASKS, reason="told by phone"),
    )


def approve(desk: BankDesk, user_id: int) -> None:
    """Approve the match of the newest line that came in."""
    approve_match(
        provider_id=desk.provider_id, line=desk.line().public_id, user_id=user_id, now=NOW
    )


def decline(desk: BankDesk, user_id: int) -> None:
    """Decline it."""
    decline_match(
        provider_id=desk.provider_id, line=desk.line().public_id, user_id=user_id, now=NOW
    )


def waiting(desk: BankDesk) -> int:
    """Return how many matches wait."""
    with provider_scope(desk.provider_id):
        return count_waiting_matches(desk.provider_id)


class TestLimit:
    def test_up_to_it_and_by_reference_nobody_else_is_needed(
        self, desk: BankDesk, cast: Cast
    ) -> None:
        order = desk.order(cast.acme, 50_000)
        assert desk.take(desk.paid(order, 50_000)) == {"matched": 1}
        desk.take(Moved(cents=10_000), number="2")

        assert match(desk, "acme") is True

        assert (desk.balance(cast.acme), waiting(desk)) == (60_000, 0)

    def test_above_it_a_second_person_makes_it_once(self, desk: BankDesk, cast: Cast) -> None:
        order = desk.order(cast.acme, 10_001)
        desk.take(Moved(cents=10_001))

        assert match(desk, order.reference) is False

        assert (desk.balance(cast.acme), waiting(desk)) == (0, 1)
        assert (desk.line().state, desk.document(order).state) == ("open", "sent")
        with pytest.raises(SameMatchPerson):
            approve(desk, ASKS)
        assert desk.balance(cast.acme) == 0
        approve(desk, APPROVES)
        assert (desk.balance(cast.acme), waiting(desk)) == (10_001, 0)
        assert (desk.line().state, desk.document(order).state) == ("matched", "paid")
        (credit,) = desk.credits()
        assert (credit.matched_by, credit.reason) == (ASKS, "told by phone")
        with pytest.raises(NoMatchRequest):
            approve(desk, APPROVES)
        desk.issue()
        assert desk.agrees()

    def test_a_client_may_be_named_too(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(Moved(cents=20_000))
        match(desk, "globex")

        approve(desk, APPROVES)

        assert desk.balance(cast.globex) == 20_000

    def test_who_asked_withdraws_and_others_decline(self, desk: BankDesk) -> None:
        desk.take(Moved(cents=20_000))
        for user_id in (ASKS, APPROVES):
            match(desk, "acme")
            decline(desk, user_id)
            with pytest.raises(NoMatchRequest):
                decline(desk, user_id)
            with pytest.raises(NoMatchRequest):
                approve(desk, APPROVES)

        assert desk.line().state == "open"
        with provider_scope(desk.provider_id):
            rows = BankMatchRequest.objects.order_by("pk").values_list("state", flat=True)
            assert list(rows) == ["withdrawn", "declined"]

    def test_nothing_else_is_decided_while_it_waits(self, desk: BankDesk) -> None:
        desk.take(Moved(cents=20_000))
        line = desk.line().public_id
        match(desk, "acme")

        with pytest.raises(MatchWaits):
            match(desk, "globex")
        with pytest.raises(MatchWaits):
            set_aside(provider_id=desk.provider_id, line=line, decision=by_hand())
        desk.take(Moved(cents=-20_000, is_reversal=True), number="2")
        with pytest.raises(MatchWaits):
            return_by_hand(
                provider_id=desk.provider_id,
                line=desk.line().public_id,
                credited=[line],
                decision=by_hand(),
            )


class TestOthers:
    def test_cannot_approve_or_see(self, desk: BankDesk, cast: Cast) -> None:
        desk.take(Moved(cents=20_000))
        match(desk, "acme")

        with pytest.raises(BankLineNotFound):
            approve_match(
                provider_id=cast.sonora,
                line=desk.line().public_id,
                user_id=APPROVES,
                now=NOW,
            )
        with as_role("app"), tenant_scope(cast.nimbus, cast.acme):
            assert not BankMatchRequest.objects.exists()
        with as_role("app"), provider_scope(cast.sonora):
            assert not BankMatchRequest.objects.exists()


class TestDatabase:
    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ("state = 'approved', decided_by = 7, decided_at = now()", "request_second"),
            ("state = 'approved'", "request_second"),
            ("amount_minor = 1", "request_kept|was asked for"),
            ("tenant_id = 1", "request_kept|was asked for"),
        ],
    )
    def test_holds_the_second_person_and_what_was_asked(
        self, desk: BankDesk, change: str, rule: str
    ) -> None:
        desk.take(Moved(cents=20_000))
        match(desk, "acme")

        with (
            provider_scope(desk.provider_id),
            pytest.raises(IntegrityError, match=rule),
            transaction.atomic(),
        ):
            execute(f"UPDATE payments_bank_match_request SET {change}", [])
