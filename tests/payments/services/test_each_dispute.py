"""The ledger follows a dispute by each gateway through the same services: told, told again, told late."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING, NoReturn

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.razorpay import disputes
from gateway_simulators.razorpay.problems import Problem
from payments.models import Dispute
from payments.selectors.borne_refunds import borne_by_provider
from payments.services.disputes import ask_dispute
from payments.services.polling import poll_due
from payments.services.reconciliation import reconcile
from tests.payments.browser import send
from tests.roles import as_role

if TYPE_CHECKING:
    from gateway_simulators.razorpay.account import Account
    from gateway_simulators.razorpay.problems import Body
    from tests.payments.shop import Shop


# What each gateway keeps for a dispute that is opened, minor units; Razorpay's networks take theirs later.
FEES = {"stripe": 1500, "paypal": 2000, "razorpay": 0}


class TestDispute:
    @pytest.mark.parametrize(("outcome", "left"), [("won", 1050), ("lost", 0)])
    def test_the_ledger_follows_it(self, shop: Shop, outcome: str, left: int) -> None:
        row = shop.row(shop.paid())
        shop.told()  # lost
        gateway = shop.server.gateways[shop.gateway]

        name = gateway.act("dispute_open", {"id": row.external_id})["id"]
        told = shop.told()
        shop.hear([*told, *told])
        assert shop.balance() == 0
        gateway.act("dispute_close", {"id": name, "outcome": outcome})
        shop.hear([*shop.told(), *told])

        assert shop.balance() == left
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})
        with provider_scope(shop.provider_id):
            (kept,) = Dispute.objects.all()
        assert kept.fee_minor == FEES[shop.gateway], "it stays, however the dispute ends"

    @pytest.mark.parametrize("shop", ["razorpay"], indirect=True)
    def test_what_a_network_takes_later_follows(self, shop: Shop) -> None:
        gateway = shop.server.gateways["razorpay"]
        name = gateway.act("dispute_open", {"id": shop.row(shop.paid()).external_id})["id"]
        gateway.act("dispute_escalate", {"id": name})
        shop.hear()

        with provider_scope(shop.provider_id):
            (row,) = Dispute.objects.all()
        assert (row.taken_minor, row.fee_minor) == (1050, 1500)
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})

    @pytest.mark.parametrize("shop", ["razorpay"], indirect=True)
    def test_one_whose_fee_cannot_be_read_is_recorded_all_the_same(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        gateway = shop.server.gateways["razorpay"]
        name = gateway.act("dispute_open", {"id": shop.row(shop.paid()).external_id})["id"]
        gateway.act("dispute_escalate", {"id": name})
        with monkeypatch.context() as patch:
            patch.setattr(disputes, "report", _refused)
            shop.hear()

        with provider_scope(shop.provider_id):
            (row,) = Dispute.objects.all()
        assert (row.taken_minor, row.fee_minor, shop.balance()) == (1050, 0, 0)
        ask_dispute(provider_id=shop.provider_id, dispute_id=row.pk, now=now())
        with provider_scope(shop.provider_id):
            assert Dispute.objects.get().fee_minor == 1500, "told later"

    @pytest.mark.parametrize("shop", ["razorpay"], indirect=True)
    @pytest.mark.parametrize(("outcome", "left"), [("won", 1050), ("lost", 0)])
    @pytest.mark.parametrize("status", [400, 502])
    def test_a_fee_that_nobody_could_read_before_the_end_is_asked_for_after_it(
        self, shop: Shop, monkeypatch: pytest.MonkeyPatch, outcome: str, left: int, status: int
    ) -> None:
        def refused(_account: Account, _query: Body) -> NoReturn:
            raise Problem(status, "The report cannot be read.")

        gateway = shop.server.gateways["razorpay"]
        name = gateway.act("dispute_open", {"id": shop.row(shop.paid()).external_id})["id"]
        gateway.act("dispute_escalate", {"id": name})
        with monkeypatch.context() as patch:
            patch.setattr(disputes, "report", refused)
            gateway.act("dispute_close", {"id": name, "outcome": outcome})
            shop.hear()
            with as_role("worker"):
                assert shop.public_id in reconcile(provider_id=shop.provider_id, now=now()).failed
        with provider_scope(shop.provider_id):
            (row,) = Dispute.objects.all()
        assert (row.state, row.fee_minor, shop.balance()) == (outcome, 0, left)
        assert row.next_poll_at

        poll_due(provider_id=shop.provider_id, now=row.next_poll_at)

        with provider_scope(shop.provider_id):
            told = Dispute.objects.get()
        assert (told.fee_minor, told.next_poll_at) == (1500, None)
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})


def _refused(_account: Account, _query: Body) -> NoReturn:
    raise Problem(400, "The report cannot be read.")


class TestDesk:
    """The simulators' own page, on which a person of the demo is the payer's bank."""

    @pytest.mark.parametrize(("outcome", "left"), [("won", 1050), ("accepted", 0)])
    def test_a_payment_is_disputed_and_decided_by_its_buttons(
        self, shop: Shop, outcome: str, left: int
    ) -> None:
        payment = shop.row(shop.paid()).external_id
        desk = f"{shop.server.control_url}/desk"

        assert press(desk, shop.gateway, payment, "dispute_open") == 303
        shop.hear()
        assert shop.balance() == 0
        with provider_scope(shop.provider_id):
            name = Dispute.objects.get().external_id
        with urllib.request.urlopen(f"{desk}?id={name}") as answer:  # noqa: S310 - loopback
            shown = answer.read().decode()
        assert all(word in shown for word in (payment, name, "Win", "Lose", "Accept"))
        assert press(desk, shop.gateway, name, f"dispute_close:{outcome}") == 303
        shop.hear()

        assert shop.balance() == left
        assert press(desk, shop.gateway, name, f"dispute_close:{outcome}") == 400, "decided"
        assert press(desk, shop.gateway, payment, "dashboard_refund") == 400, "no button"


def press(desk: str, gateway: str, name: str, choice: str) -> int:
    return send(desk, {"gateway": gateway, "id": name, "choice": choice})[0]


class TestRefundBefore:
    def test_a_dispute_of_what_is_left_takes_only_that(self, shop: Shop) -> None:
        payment = shop.paid()
        row = shop.row(payment)
        shop.back(payment, 400)
        shop.hear()
        assert shop.balance() == 650
        gateway = shop.server.gateways[shop.gateway]

        claimed = "6.50" if shop.gateway == "paypal" else 650
        name = gateway.act("dispute_open", {"id": row.external_id, "amount": claimed})["id"]
        shop.hear()
        assert shop.balance() == 0
        gateway.act("dispute_close", {"id": name, "outcome": "lost"})
        shop.hear()

        assert shop.balance() == 0
        assert [one.amount_minor for one in shop.refunds()] == [400]
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})

    def test_a_dispute_of_all_waits_for_somebody(self, shop: Shop) -> None:
        payment = shop.paid()
        row = shop.row(payment)
        shop.back(payment, 400)
        shop.hear()
        gateway = shop.server.gateways[shop.gateway]

        gateway.act("dispute_open", {"id": row.external_id})
        shop.hear()

        assert shop.balance() == 650, "more than is left of the payment waits for somebody"
        with provider_scope(shop.provider_id):
            (dispute,) = Dispute.objects.all()
        assert (dispute.taken_minor, bool(dispute.problem)) == (0, True)


class TestRefundAfter:
    def test_a_refund_of_what_was_lost_is_borne_by_the_provider(self, shop: Shop) -> None:
        row = shop.row(shop.paid())
        gateway = shop.server.gateways[shop.gateway]
        name = gateway.act("dispute_open", {"id": row.external_id})["id"]
        gateway.act("dispute_close", {"id": name, "outcome": "lost"})
        shop.hear()
        assert shop.balance() == 0

        shop.desk.refund(row.external_id, 1050)
        shop.hear()

        assert shop.balance() == 0, "once, not twice"
        with provider_scope(shop.provider_id):
            borne = borne_by_provider(shop.provider_id, row.pk)
        assert borne == 1050
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})

    @pytest.mark.parametrize("outcome", ["won", "lost"])
    def test_of_a_dispute_that_is_open_the_client_bears_both_until_it_is_decided(
        self, shop: Shop, outcome: str
    ) -> None:
        row = shop.row(shop.paid())
        gateway = shop.server.gateways[shop.gateway]
        name = gateway.act("dispute_open", {"id": row.external_id})["id"]
        shop.desk.refund(row.external_id, 1050)
        shop.hear()
        assert shop.balance() == -1050

        gateway.act("dispute_close", {"id": name, "outcome": outcome})
        shop.hear()

        assert shop.balance() == 0
        with as_role("worker"):
            found = reconcile(provider_id=shop.provider_id, now=now())
        assert (found.differences, found.failed) == ((), {})
