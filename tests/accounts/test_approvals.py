"""Postings that need a second person: never by one alone, and once however many approve at the same moment."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import InternalError, OperationalError

from accounts.errors import ApprovalDecidedError, SamePersonError, UnknownApprovalError
from accounts.models import Approval
from accounts.services.approvals import approve, decline, request_approval
from accounts.services.audit import verify
from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope, tenant_scope
from tests.factories.usage import Shop
from tests.roles import set_role
from tests.usage.faults.workers import start, together

pytestmark = [pytest.mark.processes, pytest.mark.usefixtures("committed_db")]
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ASKS, DECIDES, OTHER = 101, 102, 103


@pytest.fixture
def shop(committed_db: str) -> Shop:
    """Return a provider with one tenant, for whom 12,500.00 USD of credit is asked for."""
    set_role("worker")
    shop = Shop.open()
    with provider_scope(shop.provider_id):
        ask(shop, shop.tenant("t-1"))
    return shop


def ask(shop: Shop, tenant_id: int, key: str = "form-1") -> bool:
    return request_approval(
        provider_id=shop.provider_id,
        tenant_id=tenant_id,
        kind="credit",
        amount=Money(1_250_000, "USD"),
        reason="Agreed with the board",
        key=key,
        user_id=ASKS,
        now=NOW,
    )


def waiting(shop: Shop) -> Approval:
    with provider_scope(shop.provider_id):
        return Approval.objects.get()


def decided(shop: Shop, user_id: int, *, kill: bool = False) -> str:
    """Approve as somebody; return how it ended. Killed, the process dies before the transaction ends."""
    number = waiting(shop).pk
    try:
        with provider_scope(shop.provider_id):
            approve(provider_id=shop.provider_id, approval_id=number, user_id=user_id, now=NOW)
            if kill:
                os.kill(os.getpid(), signal.SIGKILL)
    except ApprovalDecidedError:
        return "late"
    return "posted"


def ledger(shop: Shop) -> tuple[int, int]:
    """Return the number of credits and the sum of all wallets; the books are right."""
    with provider_scope(shop.provider_id):
        assert verify(provider_id=shop.provider_id).findings == ()
        ((posted,),) = fetch_all("SELECT count(*) FROM accounts_posting WHERE kind = 'credit'")
        ((balance,),) = fetch_all("SELECT coalesce(sum(balance), 0) FROM accounts_wallet")
    return int(posted), int(balance)


class TestOnce:
    def test_who_asked_cannot_approve_and_nothing_is_posted(self, shop: Shop) -> None:
        with pytest.raises(SamePersonError):
            decided(shop, ASKS)

        assert waiting(shop).state == "waiting"
        assert ledger(shop) == (0, 0)

    def test_one_form_asks_once(self, shop: Shop) -> None:
        tenant_id = waiting(shop).tenant_id
        with provider_scope(shop.provider_id):
            assert ask(shop, tenant_id) is False

        assert waiting(shop).state == "waiting"

    def test_two_who_approve_at_once_post_once(self, shop: Shop) -> None:
        ended = together(partial(decided, shop, DECIDES), partial(decided, shop, OTHER))
        set_role("worker")

        assert sorted(str(found) for _, found in ended) == ["late", "posted"]
        assert ledger(shop) == (1, 1_250_000)

    def test_killed_before_its_end_it_waits_on_and_posts_later(self, shop: Shop) -> None:
        code, _ = start(partial(decided, shop, DECIDES, kill=True)).wait()
        set_role("worker")

        assert code == -signal.SIGKILL
        assert ledger(shop) == (0, 0)
        assert decided(shop, DECIDES) == "posted"
        assert ledger(shop) == (1, 1_250_000)

    def test_declined_it_is_never_posted(self, shop: Shop) -> None:
        number = waiting(shop).pk
        with provider_scope(shop.provider_id):
            decline(provider_id=shop.provider_id, approval_id=number, user_id=DECIDES, now=NOW)

        assert waiting(shop).state == "declined"
        assert decided(shop, OTHER) == "late"
        assert ledger(shop) == (0, 0)

    def test_who_asked_withdraws(self, shop: Shop) -> None:
        number = waiting(shop).pk
        with provider_scope(shop.provider_id):
            decline(provider_id=shop.provider_id, approval_id=number, user_id=ASKS, now=NOW)

        assert waiting(shop).state == "withdrawn"


class TestWalls:
    @pytest.mark.parametrize(
        "change", [{"amount_minor": 1}, {"currency": "EUR"}, {"reason": "x"}, {"requested_by": 9}]
    )
    def test_the_database_keeps_what_was_asked(self, shop: Shop, change: dict[str, Any]) -> None:
        with (
            pytest.raises((InternalError, OperationalError)),
            provider_scope(shop.provider_id),
            transaction.atomic(),
        ):
            Approval.objects.update(**change)

    def test_a_tenant_sees_none(self, shop: Shop) -> None:
        with tenant_scope(shop.provider_id, waiting(shop).tenant_id):
            assert not Approval.objects.exists()

    def test_another_provider_approves_none(self, shop: Shop) -> None:
        number = waiting(shop).pk
        foreign = Shop.open(slug="other")
        with pytest.raises(UnknownApprovalError), provider_scope(foreign.provider_id):
            approve(provider_id=foreign.provider_id, approval_id=number, user_id=DECIDES, now=NOW)
