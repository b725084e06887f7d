"""What an event counts on the meters of its type."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.enums import Identity
from usage.intake.events import IncomingEvent
from usage.intake.identities import identity_hash, read_identity
from usage.intake.metering import MeterRule, measure, round_up, translate
from usage.intake.verdicts import BadEventError, Reason


def event(**data: Any) -> IncomingEvent:
    at = datetime(2026, 11, 20, 10, tzinfo=UTC)
    return IncomingEvent("e", "s", "acme", "call", data.pop("subject", ""), at, data, "", "")


def meter(**changes: Any) -> MeterRule:
    rule = MeterRule(
        1, "sum", "", (), None, None, allows_negative=False, identity="raw", identity_property=""
    )
    return rule._replace(**changes)


def one(rule: MeterRule, **data: Any) -> Decimal:
    item = event(**data)
    (result,) = measure(item, item.data, [rule])
    return result.quantity


def refusal(rule: MeterRule, **data: Any) -> Reason:
    item = event(**data)
    with pytest.raises(BadEventError) as caught:
        measure(item, item.data, [rule])
    return caught.value.reason


class TestMeasure:
    def test_a_sum_takes_the_quantity(self) -> None:
        assert one(meter(), quantity="1.5") == Decimal("1.5")

    def test_a_sum_may_take_another_property(self) -> None:
        assert one(meter(value_property="bytes"), quantity="1", bytes=7) == 7

    @pytest.mark.parametrize("aggregation", ["sum", "max", "latest"])
    def test_a_missing_value_is_refused(self, aggregation: str) -> None:
        assert refusal(meter(aggregation=aggregation)) == Reason.MISSING_VALUE

    @pytest.mark.parametrize("aggregation", ["sum", "max", "latest"])
    def test_a_negative_value_is_refused(self, aggregation: str) -> None:
        assert refusal(meter(aggregation=aggregation), quantity="-1") == Reason.NEGATIVE

    def test_a_sum_that_says_so_takes_negative_values(self) -> None:
        assert one(meter(allows_negative=True), quantity="-1.25") == Decimal("-1.25")

    def test_a_count_ignores_the_quantity(self) -> None:
        assert one(meter(aggregation="count"), quantity="17") == 1

    def test_filters_must_all_hold(self) -> None:
        rule = meter(filters=[("direction", frozenset({"out"})), ("premium", frozenset({"true"}))])
        met, other = (
            event(quantity="1", direction="out", premium=True),
            event(quantity="1", direction="out"),
        )

        assert len(measure(met, met.data, [rule])) == 1
        assert measure(other, other.data, [rule]) == []

    def test_one_event_counts_on_several_meters(self) -> None:
        item = event(quantity="90")
        results = measure(item, item.data, [meter(), meter(id=2, aggregation="count")])

        assert [(result.meter_id, result.quantity) for result in results] == [
            (1, Decimal(90)),
            (2, Decimal(1)),
        ]

    def test_a_unique_meter_needs_an_identity(self) -> None:
        assert refusal(meter(aggregation="unique")) == Reason.MISSING_VALUE
        assert (
            refusal(meter(aggregation="unique", identity_property="user")) == Reason.MISSING_VALUE
        )

    def test_a_unique_meter_hashes_the_identity(self) -> None:
        item = event(subject="sip:Anna@Example.org:5060")
        (result,) = measure(item, item.data, [meter(aggregation="unique", identity="sip")])

        assert result.identity == identity_hash("Anna@example.org")

    @pytest.mark.parametrize(
        ("data", "expected"),
        [
            ({"action": "start"}, 1),
            ({"action": "start", "quantity": "4"}, 4),
            ({"action": "resize", "quantity": "0"}, 0),
            ({"action": "stop", "quantity": "4"}, 0),
        ],
    )
    def test_a_duration_takes_the_size(self, data: dict[str, Any], expected: int) -> None:
        assert one(meter(aggregation="duration"), subject="vm", **data) == expected

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ({"subject": "vm"}, Reason.INVALID_ACTION),
            ({"subject": "vm", "action": "reboot"}, Reason.INVALID_ACTION),
            ({"action": "start"}, Reason.MISSING_VALUE),
            ({"subject": "vm", "action": "resize"}, Reason.MISSING_VALUE),
            ({"subject": "vm", "action": "start", "quantity": "-1"}, Reason.NEGATIVE),
        ],
    )
    def test_a_duration_refuses(self, data: dict[str, Any], reason: Reason) -> None:
        assert refusal(meter(aggregation="duration"), **data) == reason


class TestRoundUp:
    @pytest.mark.parametrize(
        ("quantity", "increment", "first", "expected"),
        [
            ("61", "6", None, "66"),
            ("60", "6", None, "60"),
            ("0", "6", "60", "0"),
            ("1", None, "60", "60"),
            ("61", "6", "60", "66"),
            ("-1", "6", "60", "-60"),
            ("0.0000001", "0.5", None, "0.5"),
        ],
    )
    def test_it_rounds_each_event(
        self, quantity: str, increment: str | None, first: str | None, expected: str
    ) -> None:
        steps = [None if step is None else Decimal(step) for step in (increment, first)]

        assert round_up(Decimal(quantity), *steps) == Decimal(expected)

    @given(
        st.decimals("0.000000000000000001", 10**17, places=18),
        st.decimals("0.000000000000000001", 10**6, places=18),
    )
    def test_it_never_charges_less_nor_a_whole_step_more(
        self, quantity: Decimal, step: Decimal
    ) -> None:
        rounded = round_up(quantity, step, None)

        assert quantity <= rounded
        assert rounded < Context(prec=80).add(quantity, step)


class TestTranslate:
    def test_it_turns_their_words_into_ours(self) -> None:
        mapped = translate(
            {"dir": "A"}, {"direction": {"from": "dir", "values": {"A": "outbound"}}}
        )

        assert mapped == {"dir": "A", "direction": "outbound"}

    def test_a_word_that_is_not_listed_is_kept(self) -> None:
        mapped = translate({"direction": "x"}, {"direction": {"values": {"A": "outbound"}}})

        assert mapped == {"direction": "x"}

    def test_an_absent_property_stays_absent(self) -> None:
        assert translate({}, {"direction": {"from": "dir"}}) == {}


class TestReadIdentity:
    @pytest.mark.parametrize(
        "text",
        [
            "sip:anna@example.org",
            "SIPS:anna@EXAMPLE.org:5061",
            '"Anna" <sip:anna@example.org;transport=tls>',
            " anna@example.org ",
            "sip:anna:secret@example.org?subject=x",
        ],
    )
    def test_one_user_has_one_identity(self, text: str) -> None:
        assert read_identity(text, Identity.SIP) == "anna@example.org"

    def test_the_user_part_keeps_its_case(self) -> None:
        assert read_identity("sip:Anna@example.org", Identity.SIP) == "Anna@example.org"

    def test_the_host_alone_may_count(self) -> None:
        assert read_identity("sip:anna@Example.org:5060", Identity.SIP_HOST) == "example.org"

    def test_raw_is_kept(self) -> None:
        assert read_identity("Anna@Example.org:5060", Identity.RAW) == "Anna@Example.org:5060"
