"""Lines of Asterisk become events of their talk time, whatever is wrong with the lines beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.usage.importers.asterisk_file import BASE, COLUMNS, call, naive_seconds
from usage.importers.asterisk import BadCall, CallReader
from usage.importers.asterisk_columns import NotAsteriskError, read_columns
from usage.importers.asterisk_mapping import (
    CallMapping,
    InvalidMappingError,
    number_key,
    read_mapping,
    trunk_key,
)

if TYPE_CHECKING:
    from usage.intake.events import IncomingEvent

MAPPING = read_mapping(
    {
        "time_zone": "Europe/Berlin",
        "directions": [
            {"direction": "inbound", "context": "from-*", "channel": "PJSIP/carrier-*"},
            {"direction": "outbound", "context": "from-internal", "dstchannel": "PJSIP/carrier-*"},
            {"direction": "internal", "context": "from-internal"},
        ],
        "numbers": {"+49 30 1234567": "acme", "0049-30-7654321": "globex"},
        "trunks": {"SIP/old": "globex"},
        "accounts": {"0815": "acme"},
    }
)
UTC_ONLY = CallMapping()


def read(*lines: str, mapping: CallMapping = MAPPING, columns: Any = None) -> list[Any]:
    return list(CallReader(mapping, columns).read(lines))


def one(line: str, **more: Any) -> IncomingEvent:
    event: IncomingEvent | BadCall
    (event,) = read(line, **more)
    assert not isinstance(event, BadCall), event
    return event


class TestLegs:
    def test_an_answered_leg_is_its_talk_time(self) -> None:
        event = one(call())

        assert (event.quantity, event.tenant, event.type) == (Decimal(60), "acme", "voice.call")
        assert event.at.isoformat() == "2026-11-20T09:00:00+00:00"
        assert event.data == {
            "quantity": "60",
            "direction": "outbound",
            "from": "100",
            "from_name": "Anna",
            "to": "+49301234567",
            "context": "from-internal",
            "trunk": "PJSIP/carrier",
            "device": "PJSIP/100",
        }
        assert event.subject == "100"

    @pytest.mark.parametrize("disposition", ["NO ANSWER", "BUSY", "FAILED", "CONGESTION", ""])
    def test_what_nobody_answered_is_no_usage(self, disposition: str) -> None:
        reader = CallReader(MAPPING)

        assert list(reader.read([call(disposition=disposition, billsec=9)])) == []
        assert reader.ignored == 1

    def test_answered_for_no_second_counts_none(self) -> None:
        assert one(call(billsec=0, answer="")).quantity == 0

    def test_ring_time_is_not_charged(self) -> None:
        assert one(call(duration=900, billsec=3)).quantity == 3

    def test_legs_of_one_uniqueid_are_told_apart_by_sequence(self) -> None:
        legs = [call(COLUMNS, sequence=number) for number in (7, 8)]

        assert [event.event_id for event in read(*legs)] == ["1763632800.10/7", "1763632800.10/8"]

    def test_or_by_the_channel_that_was_called(self) -> None:
        legs = [call(dstchannel=f"PJSIP/10{number}-0a") for number in (1, 2)]

        first, second = read(*legs)
        assert first.event_id != second.event_id

    def test_or_by_their_beginning_where_no_channel_was_called(self) -> None:
        legs = [call(dstchannel="", start=f"2026-11-20 10:00:0{number}") for number in (1, 2)]

        first, second = read(*legs)
        assert first.event_id != second.event_id

    def test_without_uniqueid_equal_rows_are_counted(self) -> None:
        line = call(BASE)

        ids = [event.event_id for event in read(line, line, call(BASE, src="101"))]

        assert len(set(ids)) == 3
        assert ids == [event.event_id for event in read(line, line, call(BASE, src="101"))]
        assert (ids[0][-2:], ids[1][-2:]) == ("-1", "-2")

    def test_a_changed_mapping_makes_no_other_call(self) -> None:
        assert one(call()).digest == one(call(), mapping=UTC_ONLY).digest
        assert one(call()).digest != one(call(billsec=61)).digest


class TestTimes:
    def test_the_hour_that_falls_back_is_the_first(self) -> None:
        event = one(call(start="2026-10-25 02:30:00"))

        assert event.at.isoformat() == "2026-10-25T00:30:00+00:00"

    @pytest.mark.parametrize(
        ("start", "at"),
        [
            ("2026-07-01 12:00:00", "2026-07-01T10:00:00+00:00"),
            ("2026-03-29 02:30:00", "2026-03-29T01:30:00+00:00"),
            ("2026-07-01T12:00:00+00:00", "2026-07-01T12:00:00+00:00"),
            ("1763632800.104", "2025-11-20T10:00:00+00:00"),
        ],
    )
    def test_times_are_the_pbx_s(self, start: str, at: str) -> None:
        assert one(call(start=start)).at.isoformat() == at

    def test_an_empty_answer_changes_nothing(self) -> None:
        assert one(call(answer="")).at == one(call()).at

    @pytest.mark.parametrize("start", ["soon", "2026-02-30 10:00:00", "1999-01-01 00:00:00"])
    def test_what_is_no_time_is_one_bad_row(self, start: str) -> None:
        bad, good = read(call(start=start, answer="", end=""), call())

        assert isinstance(bad, BadCall)
        assert not isinstance(good, BadCall)


class TestColumns:
    @pytest.mark.parametrize(
        ("columns", "event_id"),
        [
            ((*BASE, "uniqueid"), "1763632800.10/PJSIP/carrier-0000000b"),
            ((*BASE, "uniqueid", "userfield"), "1763632800.10/PJSIP/carrier-0000000b"),
            ((*BASE, "uniqueid", "peeraccount", "linkedid", "sequence"), "1763632800.10/7"),
            (COLUMNS, "1763632800.10/7"),
        ],
    )
    def test_master_csv_is_told_by_its_length(
        self, columns: tuple[str, ...], event_id: str
    ) -> None:
        assert one(call(columns)).event_id == event_id

    def test_a_userfield_is_no_uniqueid(self) -> None:
        event = one(call((*BASE, "userfield"), userfield="room 12"))

        assert event.event_id.startswith("row-")

    def test_an_order_of_its_own_is_named(self) -> None:
        columns = ("start", "recording", "src", "dst", "billsec", "disposition", "accountcode")
        line = call(columns, recording="a.wav")

        event = one(
            line,
            mapping=UTC_ONLY,
            columns=read_columns("calldate,-,src,dst,billsec,disposition,accountcode"),
        )

        assert (event.quantity, event.data["to"]) == (Decimal(60), "+49301234567")

    def test_a_first_row_of_names_is_read(self) -> None:
        columns = ("disposition", "billsec", "start", "accountcode", "dst", "uniqueid")

        (event,) = read(",".join(columns) + "\n", call(columns), mapping=UTC_ONLY)

        assert event.event_id == "1763632800.10/@2026-11-20 10:00:00"

    @pytest.mark.parametrize("text", ["src,dst", "start,billsec,disposition,src,src"])
    def test_an_order_without_what_a_call_needs_is_refused(self, text: str) -> None:
        with pytest.raises(NotAsteriskError):
            read_columns(text)

    @pytest.mark.parametrize("line", ['"broken,1,2\n', "a,b\n", ",".join("x" * 40) + "\n"])
    def test_a_broken_line_spoils_itself_only(self, line: str) -> None:
        bad, good = read(line, call())

        assert isinstance(bad, BadCall)
        assert good.quantity == 60

    @pytest.mark.parametrize("billsec", ["", "x", "-1", "NaN", "1e99"])
    def test_a_broken_figure_is_rejected(self, billsec: str) -> None:
        (bad,) = read(call(billsec=billsec))

        assert isinstance(bad, BadCall)


class TestMapping:
    @pytest.mark.parametrize(
        ("changes", "direction"),
        [
            ({"dcontext": "from-trunk", "channel": "PJSIP/carrier-0a"}, "inbound"),
            ({}, "outbound"),
            ({"dstchannel": "PJSIP/101-0b"}, "internal"),
        ],
    )
    def test_direction_is_the_provider_s(self, changes: dict[str, Any], direction: str) -> None:
        assert one(call(**changes)).data["direction"] == direction

    def test_a_call_that_no_rule_meets_is_rejected(self) -> None:
        (bad,) = read(call(dcontext="elsewhere"))

        assert bad.reason == "unknown_direction"

    @pytest.mark.parametrize(
        ("changes", "direction"),
        [
            ({"dcontext": "from-pstn"}, "inbound"),
            ({"dst": "101"}, "internal"),
            ({"dst": "*97"}, "internal"),
            ({}, "outbound"),
        ],
    )
    def test_without_rules_the_habit_of_contexts_counts(
        self, changes: dict[str, Any], direction: str
    ) -> None:
        assert one(call(**changes), mapping=UTC_ONLY).data["direction"] == direction

    @pytest.mark.parametrize(
        ("changes", "tenant"),
        [
            ({"accountcode": "0815"}, "acme"),
            ({"accountcode": "9"}, "9"),
            ({"accountcode": ""}, "acme"),
            ({"accountcode": "", "dst": "1", "src": "+49307654321"}, "globex"),
            ({"accountcode": "", "dst": "1", "src": "2", "channel": "SIP/old-0000a1"}, "globex"),
            ({"accountcode": "", "dst": "1", "src": "2"}, "number:2"),
            ({"accountcode": "", "dst": "", "src": "", "clid": ""}, "trunk:PJSIP/100"),
        ],
    )
    def test_the_tenant_is_found_by_account_number_or_trunk(
        self, changes: dict[str, Any], tenant: str
    ) -> None:
        assert one(call(**changes)).tenant == tenant

    def test_numbers_and_trunks_have_one_form(self) -> None:
        assert number_key("+49 (30) 12-34") == number_key("0049301234") == "49301234"
        assert trunk_key("PJSIP/acme-in-0000001f") == "PJSIP/acme-in"
        assert trunk_key("lcr/439") == "lcr/439"
        assert trunk_key("PJSIP/acme-de") == "PJSIP/acme-de"
        assert trunk_key("Local/12@ctx-00a1;2") == "Local/12@ctx"

    @pytest.mark.parametrize(
        "content",
        [
            [],
            {"zone": "UTC"},
            {"time_zone": "Mars/Base"},
            {"directions": {}},
            {"directions": [{"direction": "up"}]},
            {"directions": [{"direction": "inbound", "channel": 5}]},
            {"directions": [{"direction": "inbound", "lastapp": "Dial"}]},
            {"numbers": []},
            {"numbers": {"1": ""}},
        ],
    )
    def test_a_broken_mapping_is_refused(self, content: object) -> None:
        with pytest.raises(InvalidMappingError):
            read_mapping(content)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)
ROW = st.fixed_dictionaries(
    {
        "accountcode": st.sampled_from(["acme", "globex", "x,y", 'a"b']),
        "clid": TEXT,
        "lastdata": TEXT,
        "billsec": st.integers(0, 100_000),
        "answer": st.sampled_from(["", "2026-11-20 10:00:05"]),
        "disposition": st.sampled_from(["ANSWERED", "NO ANSWER", "BUSY"]),
    }
)


class TestProperties:
    @given(st.lists(ROW, max_size=8))
    def test_sums_are_those_of_a_naive_reading(self, rows: list[dict[str, Any]]) -> None:
        columns = (*BASE, "uniqueid")
        lines = [call(columns, uniqueid=f"176363280.{n}", **row) for n, row in enumerate(rows)]

        sums: dict[str, Decimal] = {}
        for event in read(*lines):
            sums[event.tenant] = sums.get(event.tenant, Decimal(0)) + event.quantity

        assert sums == naive_seconds(lines, columns)

    @given(st.lists(st.integers(0, 3), max_size=30), st.data())
    def test_occurrences_do_not_depend_on_where_reading_began(
        self, kinds: list[int], data: st.DataObject
    ) -> None:
        lines = [call(BASE, src=str(kind)) for kind in kinds]
        cut = data.draw(st.integers(0, len(lines)))
        whole = [event.event_id for event in read(*lines)]
        reader = CallReader(MAPPING)

        parts = [*reader.read(lines[:cut]), *reader.read(lines[cut:])]

        assert [part.event_id for part in parts] == whole
        assert len(set(whole)) == len(whole)

    @given(TEXT)
    def test_any_line_is_read_or_refused(self, line: str) -> None:
        assert len(read(line, call())) in (1, 2)
