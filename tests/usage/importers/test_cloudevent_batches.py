"""Events of a batch are read all at once to what they are read to one by one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.usage.importers.test_cloudevents import cloud_event
from usage.importers.cloudevent_batches import (
    PlainBatch,
    SentEvent,
    parsed,
    read_items,
    split_batch,
)
from usage.importers.cloudevents import parse_json, read_event
from usage.intake.verdicts import BadEventError, Reason

if TYPE_CHECKING:
    from usage.intake.events import IncomingEvent

TEXTS = st.one_of(
    st.sampled_from(
        ["", "a", "é", "a\u00a0b", "\x00", "\x7f", "\n", "\u2028", '"', "\\", "\\u0000"]
    ),
    st.text(max_size=8),
    st.sampled_from([99, 100, 101, 200, 201, 500, 501]).map(lambda length: "x" * length),
)
TIMES = st.one_of(
    st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
    st.sampled_from(
        [
            "2026-11-20T10:00:00+02:00",
            "2026-11-20t10:00:00.123456789z",
            "2026-12-31T23:59:60Z",
            "2026-02-30T00:00:00Z",
            "0001-01-01T00:00:00+14:00",
            "20261120T100000Z",
            "2026-11-20T10:00:00",
            "2026-11-20T24:00:00Z",
            "2026-11-20T10:00:00Z\n",
            "",
        ]
    ),
)
QUANTITIES = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["1.50", "-0", "0.0", "1e3", "NaN", "1" * 19, "0." + "1" * 19, "٣", "", "01"]),
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(),
    st.just(10**50),
)
VALUES = st.one_of(QUANTITIES, TEXTS, st.lists(TEXTS, max_size=1), st.dictionaries(TEXTS, TEXTS))
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "specversion": st.sampled_from(["1.0", "0.3", 1.0, ...]),
        "id": st.one_of(TEXTS, st.integers(), st.just(...)),
        "source": TEXTS,
        "type": st.one_of(TEXTS, st.none()),
        "subject": st.one_of(TEXTS, st.none(), st.just(...)),
        "tenant": TEXTS,
        "time": st.one_of(TIMES, st.integers()),
        "data": st.one_of(
            st.none(),
            st.just(...),
            st.fixed_dictionaries({}, optional={"quantity": QUANTITIES, "b": VALUES, "a": VALUES}),
            st.dictionaries(TEXTS, VALUES),
        ),
        "data_base64": st.just("AA=="),
        "extension": VALUES,
    },
)


def read_alone(item: object) -> IncomingEvent | Reason:
    try:
        return read_event(item)
    except BadEventError as error:
        return error.reason


def read_together(items: list[object]) -> list[IncomingEvent | Reason]:
    # Only who reads a whole batch says that its texts are plain; what is read is the same.
    return [
        event.reason if isinstance(event, BadEventError) else event._replace(is_plain=False)
        for event in read_items(items)
    ]


def split(items: Any) -> list[object]:
    found = split_batch(json.dumps(items).encode())
    assert found is not None
    return found


class TestReadItems:
    @given(st.lists(CHANGES, max_size=4), st.booleans())
    def test_it_reads_what_one_by_one_gives(
        self, changes: list[dict[str, Any]], is_ascii: bool
    ) -> None:
        body = json.dumps([cloud_event(**each) for each in changes], ensure_ascii=is_ascii)
        try:
            items = split_batch(body.encode())
        except UnicodeEncodeError:
            return  # half of a surrogate pair has no bytes
        document = parse_json(body)
        assert isinstance(document, list)
        if items is None:  # the whole body goes the other way
            items = document

        assert [repr(read) for read in read_together(items)] == [
            repr(read_alone(item)) for item in document
        ]
        assert repr(parsed(items, range(len(items)))) == repr(document)

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            {"data": {"quantity": "1.50", "z": 1, "a": True, "é": None}},
            {"data": {"direction": "out"}},
            {"time": "2026-11-20T12:00:00.5+02:00"},
            {"subject": ...},
            {"other": {"deep": [1.5]}},
        ],
    )
    def test_ordinary_events_need_no_second_look(self, changes: dict[str, Any]) -> None:
        alone, among_others = split([cloud_event(**changes)]), split([cloud_event(**changes), 7])

        assert isinstance(alone, PlainBatch)
        assert isinstance(among_others[0], SentEvent)
        assert read_together(alone) == [read_alone(cloud_event(**changes))]
        assert read_together(among_others)[0] == read_alone(cloud_event(**changes))

    def test_one_bad_event_loses_no_other(self) -> None:
        good = cloud_event()
        items = split([good, cloud_event(time="never"), 7, cloud_event(id="é\n"), good])

        assert read_together(items) == [
            read_alone(good),
            Reason.INVALID_TIME,
            Reason.INVALID_EVENT,
            Reason.INVALID_ID,
            read_alone(good),
        ]


class TestSplitBatch:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"[1,]",
            b"[] x",
            b"\xef\xbb\xbf[]",
            b'["\xff"]',
            b'[{"x": "\xff"}]',
            rb'["\ud800"]',
            b"[NaN]",
            b"[" * 100_000,
            b"[" * 100_000 + b"]" * 100_000,
        ],
    )
    def test_a_body_that_is_no_strict_array_goes_the_other_way(self, body: bytes) -> None:
        assert split_batch(body) is None


class TestParsed:
    def test_what_was_sent_is_whole(self) -> None:
        sent = [cloud_event(other={"a": 1.5}), cloud_event(id="e-2", time="2026-11-20T10:00:00.5Z")]

        assert parsed(split(sent), [1]) == [parse_json(json.dumps(sent[1]))]
        assert parsed(split([*sent, 7]), [2, 0]) == [7, parse_json(json.dumps(sent[0]))]

    def test_an_extension_nested_too_deep_stays_text(self) -> None:
        deep = json.dumps(cloud_event())[:-1] + ', "x": ' + "[" * 900 + "]" * 900 + "}"
        found = parsed(split_batch(f"[{deep}]".encode()) or [deep], [0])

        assert found == [deep] or isinstance(found[0], dict)
