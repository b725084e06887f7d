"""The gateway's own books against the ledger, over HTTP: what only one of them has, and what differs, is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from stripe import StripeClient

from billing_platform.kernel.money import Money
from gateway_simulators.common.faults import Fault
from gateway_simulators.stripe.simulator import StripeSimulator
from payments.gateways.values import Movement, MovementKind
from payments.selectors.reconciliation import BookedLine
from payments.services.ledger_match import compare
from tests.cast import build_cast
from tests.payments.till import KEYS, Till
from tests.roles import as_role, set_role
from tests.superuser import damage

if TYPE_CHECKING:
    from gateway_simulators.common.server import SimulatorServer


def run(*arguments: str) -> tuple[dict[str, Any], str, bool]:
    """Return what the command printed on both channels, and whether it failed."""
    out, errors, failed = StringIO(), StringIO(), False
    with as_role("worker"):
        try:
            call_command(
                "reconcile",
                "--provider",
                "nimbus",
                "--json",
                *arguments,
                stdout=out,
                stderr=errors,
            )
        except CommandError:
            failed = True
    return json.loads(out.getvalue()), errors.getvalue(), failed


def paid(till: Till, key: str, minor: int = 1050) -> str:
    payment = till.start(minor, key)
    till.press(payment)
    till.hear()
    return payment


def only(found: dict[str, Any]) -> dict[str, Any]:
    (line,) = found["differences"]
    assert isinstance(line, dict)
    return line


class TestReconcile:
    def test_money_on_both_sides_agrees(self, till: Till) -> None:
        paid(till, "form-1")
        paid(till, "form-2", 2000)

        found, words, failed = run()

        assert (found["ok"], found["differences"], failed) == (True, [], False)
        (day,) = found["days"]
        assert (day["gateway_minor"], day["ledger_minor"], day["currency"]) == (3050, 3050, "USD")
        assert (day["connection"], day["fees_minor"]) == (till.public_id, -148)
        assert "The books agree" in words

    def test_a_payment_that_nobody_told_us_of_is_named(self, till: Till) -> None:
        paid(till, "form-1")
        lost = till.start(2000, "form-2")
        till.press(lost)
        till.deliveries()  # dropped, and nobody polls
        key = KEYS["nimbus"]
        client = StripeClient(key, base_addresses={"api": till.server.url_of("stripe")})
        payer = client.v1.customers.create({"name": "Somebody"}).id
        card = client.v1.payment_methods.attach("pm_card_visa", {"customer": payer}).id
        foreign = client.v1.payment_intents.create(
            {
                "amount": 700,
                "currency": "usd",
                "customer": payer,
                "payment_method": card,
                "confirm": True,
                "return_url": "https://another.app/",
            }
        )

        found, words, failed = run()

        assert failed
        assert not found["ok"]
        lines = {line["gateway_minor"]: line for line in found["differences"]}
        assert set(lines) == {2000, 700}
        assert {line["kind"] for line in lines.values()} == {"only_gateway"}
        assert {line["ledger_minor"] for line in lines.values()} == {None}
        assert lines[700]["object_id"] == foreign.id
        assert lines[700]["payment"] == ""
        assert "only_gateway, gateway 700" in words

    def test_quarantined_money_is_named_with_our_payment(self, till: Till) -> None:
        payment = till.start()
        till.press(payment)
        simulator = till.server.gateways["stripe"]
        assert isinstance(simulator, StripeSimulator)
        (intent,) = simulator.accounts["acct_nimbus"].all("payment_intent")
        intent["amount_received"] = 1049  # the gateway took less than was asked for
        till.hear()

        found, _, failed = run()

        line = only(found)
        assert failed
        assert (line["payment"], line["state"]) == (payment, "quarantined")

    def test_a_day_is_compared_by_itself(self, till: Till) -> None:
        paid(till, "form-1")
        today = datetime.now(UTC).date()

        same, _, same_failed = run("--day", today.isoformat())
        before, _, before_failed = run("--day", (today - timedelta(days=1)).isoformat())

        assert (same_failed, before_failed) == (False, False)
        assert [day["gateway_minor"] for day in same["days"]] == [1050]
        assert (before["days"], before["day"]) == ([], (today - timedelta(days=1)).isoformat())

    def test_a_gateway_without_an_answer_is_no_agreement(self, till: Till) -> None:
        paid(till, "form-1")
        till.server.faults.append(Fault("/v1/balance_transactions", "429", left=9))

        found, words, failed = run()

        assert failed
        assert (found["ok"], list(found["failed"])) == (False, [till.public_id])
        assert "gave no answer" in words

    def test_no_provider_is_refused(self, till: Till) -> None:
        with as_role("worker"), pytest.raises(CommandError, match="no provider"):
            call_command("reconcile", provider="nobody")


@pytest.mark.processes
class TestTampered:
    def test_rows_changed_behind_the_ledgers_back_are_named(
        self, committed_db: str, simulated: SimulatorServer
    ) -> None:
        set_role("worker")
        cast = build_cast()
        till = Till.open(cast.nimbus, cast.acme, simulated, "nimbus")
        first, second = paid(till, "form-1"), paid(till, "form-2", 2000)
        posting = till.row(first).posting_id
        assert not run()[2]

        clearing = "tenant_id = 0 AND posting_id"
        raised = f"UPDATE accounts_entry SET amount_minor = -9050 WHERE {clearing} = {posting}"
        assert damage(committed_db, raised) == 1
        gone = f"DELETE FROM accounts_entry WHERE {clearing} = {till.row(second).posting_id}"
        assert damage(committed_db, gone) == 1
        found, _, failed = run()

        assert failed
        lines = {line["payment"]: line for line in found["differences"]}
        assert (lines[first]["kind"], lines[second]["kind"]) == ("differs", "only_gateway")
        assert (lines[first]["gateway_minor"], lines[first]["ledger_minor"]) == (1050, 9050)
        assert lines[first]["postings"] == [posting]
        (day,) = found["days"]
        assert (day["gateway_minor"], day["ledger_minor"]) == (3050, 9050)


class TestDays:
    ZONE = ZoneInfo("Asia/Tokyo")
    LATE = datetime(2026, 11, 20, 14, 59, 50, tzinfo=UTC)  # ten seconds to midnight there
    MOVED = Movement("pi_1", MovementKind.PAYMENT, Money(1050, "USD"), LATE)

    def booked(self, *, minor: int = 1050, currency: str = "USD") -> BookedLine:
        at = self.LATE + timedelta(seconds=20)
        return BookedLine(1, "pi_1", 7, at, Money(minor, currency), self.LATE)

    @pytest.mark.parametrize(
        ("day", "days"),
        [
            (None, [date(2026, 11, 20)]),
            (date(2026, 11, 20), [date(2026, 11, 20)]),
            (date(2026, 11, 21), []),
        ],
    )
    def test_what_was_booked_after_midnight_stands_on_the_gateways_day(
        self, day: date | None, days: list[date]
    ) -> None:
        found = compare("con_1", [self.MOVED], [self.booked()], zone=self.ZONE, day=day)

        assert found.differences == []
        assert [total.day for total in found.days] == days
        assert found.moved_day == len(days)

    def test_disputes_of_a_payment_agree_where_the_books_name_the_payment_alone(self) -> None:
        week = self.LATE + timedelta(days=7)
        taken = [
            Movement("pi_1", kind, Money(minor, "USD"), week)
            for kind, minor in ((MovementKind.DISPUTE, -1050), (MovementKind.DISPUTE_FEE, -2000))
        ]
        ours = [
            self.booked(),
            BookedLine(1, "dp_1", 8, week, Money(-1050, "USD"), self.LATE, "pi_1"),
            BookedLine(1, "dp_1", 9, week, Money(-2000, "USD"), self.LATE, "pi_1"),
        ]

        found = compare("con_1", [self.MOVED, *taken], ours, zone=self.ZONE, day=None)
        less = compare("con_1", [self.MOVED, *taken], ours[:2], zone=self.ZONE, day=None)
        lost = compare("con_1", [self.MOVED], ours, zone=self.ZONE, day=None)

        assert found.differences == []
        assert [total.ledger_minor for total in sorted(found.days)] == [1050, -3050]
        (difference,) = less.differences
        assert (difference.object_id, difference.kind) == ("pi_1", "differs")
        assert (difference.gateway_minor, difference.ledger_minor) == (-3050, -1050)
        assert [one.object_id for one in lost.differences] == ["dp_1"]

    def test_another_currency_is_missing_on_both_sides(self) -> None:
        booked = self.booked(currency="EUR")

        found = compare("con_1", [self.MOVED], [booked], zone=self.ZONE, day=None)

        told = {
            line.currency: (line.kind, line.gateway_minor, line.ledger_minor)
            for line in found.differences
        }
        assert told == {"USD": ("only_gateway", 1050, None), "EUR": ("only_ledger", None, 1050)}

    def test_what_the_gateway_keeps_is_told_beside(self) -> None:
        fee = Movement("pi_1", MovementKind.FEE, Money(-61, "USD"), self.LATE)
        payout = Movement("po_1", MovementKind.OTHER, Money(-989, "USD"), self.LATE)

        found = compare(
            "con_1", [self.MOVED, fee, payout], [self.booked()], zone=self.ZONE, day=None
        )

        (total,) = found.days
        assert found.differences == []
        assert (total.gateway_minor, total.fees_minor, total.other_minor) == (1050, -61, -989)
