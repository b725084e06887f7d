"""CloudEvents are read exactly, and one bad event says what is wrong with it."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.importers.cloudevents import (
    NotJsonError,
    parse_json,
    read_event,
    read_file,
    readable_id,
)
from usage.intake.verdicts import BadEventError, Reason


def cloud_event(**changes: Any) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": "e-1",
        "source": "switch-1",
        "type": "call",
        "subject": "sip:anna@example.org",
        "tenant": "acme",
        "time": "2026-11-20T10:00:00Z",
        "data": {"quantity": "1.50", "direction": "outbound"},
    }
    return {name: value for name, value in {**event, **changes}.items() if value is not ...}


class TestReadEvent:
    def test_it_reads_the_mapping(self) -> None:
        event = read_event(cloud_event())

        assert (event.event_id, event.source, event.tenant, event.type) == (
            "e-1",
            "switch-1",
            "acme",
            "call",
        )
        assert event.subject == "sip:anna@example.org"
        assert event.data == {"quantity": "1.5", "direction": "outbound"}
        assert event.data_text == '{"direction":"outbound","quantity":"1.5"}'

    @pytest.mark.parametrize("absent", ["subject", "data"])
    def test_subject_and_data_may_be_absent(self, absent: str) -> None:
        assert read_event(cloud_event(**{absent: ...})).event_id == "e-1"

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"specversion": "0.3"}, Reason.INVALID_SPECVERSION),
            ({"specversion": ...}, Reason.INVALID_SPECVERSION),
            ({"id": ...}, Reason.INVALID_ID),
            ({"id": ""}, Reason.INVALID_ID),
            ({"id": 7}, Reason.INVALID_ID),
            ({"id": "a\0b"}, Reason.INVALID_ID),
            ({"id": "\ud800"}, Reason.INVALID_ID),
            ({"id": "x" * 10_000}, Reason.TOO_LONG),
            ({"source": None}, Reason.INVALID_SOURCE),
            ({"type": ["call"]}, Reason.INVALID_TYPE),
            ({"tenant": ...}, Reason.INVALID_TENANT),
            ({"tenant": 12}, Reason.INVALID_TENANT),
            ({"tenant": "x" * 10_000}, Reason.TOO_LONG),
            ({"subject": {"a": 1}}, Reason.INVALID_SUBJECT),
            ({"subject": 0}, Reason.INVALID_SUBJECT),
            ({"subject": []}, Reason.INVALID_SUBJECT),
            ({"subject": "x" * 501}, Reason.TOO_LONG),
            ({"type": ""}, Reason.INVALID_TYPE),
            ({"subject": "a\nb"}, Reason.INVALID_SUBJECT),
            ({"time": ...}, Reason.INVALID_TIME),
            ({"time": "2026-11-20T10:00:00"}, Reason.INVALID_TIME),
            ({"data": "1.5"}, Reason.INVALID_DATA),
            ({"data": ..., "data_base64": "MQ=="}, Reason.INVALID_DATA),
            ({"data": {"quantity": "1", "note": "a\0b"}}, Reason.INVALID_DATA),
            ({"data": {"quantity": "1", "note": "\\\0"}}, Reason.INVALID_DATA),
            ({"data": {"quantity": "1", "note": "\ud83d"}}, Reason.INVALID_DATA),
            ({"data": {"quantity": "1", "note": "x" * 40_000}}, Reason.TOO_LONG),
            ({"data": {"quantity": "NaN"}}, Reason.INVALID_QUANTITY),
            ({"data": {"quantity": None}}, Reason.INVALID_QUANTITY),
            ({"data": {"quantity": "1e30"}}, Reason.TOO_LARGE),
            ({"data": {"quantity": "0." + "1" * 40}}, Reason.TOO_MANY_DECIMALS),
        ],
    )
    def test_it_refuses(self, changes: dict[str, Any], reason: Reason) -> None:
        with pytest.raises(BadEventError) as caught:
            read_event(cloud_event(**changes))

        assert caught.value.reason == reason

    @pytest.mark.parametrize("item", [None, 1, "x", [], True])
    def test_it_refuses_what_is_no_object(self, item: object) -> None:
        with pytest.raises(BadEventError):
            read_event(item)

    @pytest.mark.parametrize("note", ["\\u0000", "\\\\u0000", "\U0001f600", "\u202etxt", "\u0e01"])
    def test_it_keeps_unusual_text(self, note: str) -> None:
        event = read_event(cloud_event(data={"quantity": "1", "note": note}))

        assert json.loads(event.data_text)["note"] == note

    def test_deep_nesting_is_refused(self) -> None:
        deep: Any = []
        for _ in range(100_000):
            deep = [deep]

        with pytest.raises(BadEventError):
            read_event(cloud_event(data={"quantity": "1", "deep": deep}))


class TestDigest:
    @pytest.mark.parametrize(
        "changes",
        [
            {"data": {"direction": "outbound", "quantity": Decimal("1.5")}},
            {"time": "2026-11-20T11:00:00+01:00"},
            {"id": "e-2"},
            {"source": "switch-2"},
        ],
    )
    def test_the_same_fact_has_the_same_digest(self, changes: dict[str, Any]) -> None:
        assert read_event(cloud_event(**changes)).digest == read_event(cloud_event()).digest

    @pytest.mark.parametrize(
        "changes",
        [
            {"tenant": "globex"},
            {"type": "sms"},
            {"subject": "other"},
            {"time": "2026-11-20T10:00:01Z"},
            {"data": {"quantity": "1.51", "direction": "outbound"}},
            {"data": {"quantity": "1.50", "direction": "inbound"}},
        ],
    )
    def test_another_fact_has_another_digest(self, changes: dict[str, Any]) -> None:
        assert read_event(cloud_event(**changes)).digest != read_event(cloud_event()).digest


class TestParseJson:
    def test_numbers_are_never_floats(self) -> None:
        assert parse_json("[0.1, 1e3, 5]") == [Decimal("0.1"), Decimal("1e3"), 5]

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e" + "9" * 30])
    def test_a_number_beyond_reason_does_not_end_the_reading(self, text: str) -> None:
        numbers = parse_json(f"[1, {text}]")

        assert isinstance(numbers, list)
        assert numbers[0] == 1
        assert not numbers[1].is_finite()

    def test_a_long_integer_does_not_end_the_reading(self) -> None:
        assert parse_json("[" + "1" * 10_000 + "]") == [Decimal("1" * 10_000)]

    @pytest.mark.parametrize("text", ["", "{", b"\xff\xfe", "[" * 100_000, "nope"])
    def test_it_refuses_what_is_no_json(self, text: str | bytes) -> None:
        with pytest.raises(NotJsonError):
            parse_json(text)

    @given(st.text())
    def test_it_reads_or_refuses_any_text(self, text: str) -> None:
        try:
            item = parse_json(text)
            read_event(item)
        except (NotJsonError, BadEventError):
            pass


class TestReadFile:
    def test_it_reads_an_array(self) -> None:
        assert list(read_file(io.StringIO('\n[{"id": "a"},\n{"id": "b"}]'))) == [
            {"id": "a"},
            {"id": "b"},
        ]

    def test_it_reads_lines_and_goes_on_after_a_broken_one(self) -> None:
        lines = '\ufeff{"id": "a"}\n\nbroken\n{"id": "b"}\n'

        assert list(read_file(io.StringIO(lines))) == [{"id": "a"}, "broken\n", {"id": "b"}]

    def test_an_empty_file_has_no_events(self) -> None:
        assert list(read_file(io.StringIO(""))) == []


class TestReadableId:
    @pytest.mark.parametrize(
        ("item", "expected"),
        [
            ({"id": "a"}, "a"),
            ({"id": "a\0"}, "a\ufffd"),
            ({"id": 1}, None),
            ({}, None),
            (None, None),
        ],
    )
    def test_it_shows_what_can_be_shown(self, item: object, expected: str | None) -> None:
        assert readable_id(item) == expected

    def test_it_cuts_long_ids(self) -> None:
        assert readable_id({"id": "x" * 10_000}) == "x" * 200
