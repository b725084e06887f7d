"""Links of lists keep what else is asked for, and know which of them is looked at."""

from __future__ import annotations

from datetime import date

import pytest

from billing_platform.portal.pages.list_links import (
    SPANS,
    asked_size,
    size_links,
    sort_head,
    span_days,
    span_links,
    without,
)

TODAY = date(2026, 3, 1)


class TestDays:
    @pytest.mark.parametrize(
        ("span", "since", "until"),
        [
            ("today", date(2026, 3, 1), TODAY),
            ("yesterday", date(2026, 2, 28), date(2026, 2, 28)),
            ("7", date(2026, 2, 23), TODAY),
            ("month", date(2026, 3, 1), TODAY),
            ("last_month", date(2026, 2, 1), date(2026, 2, 28)),
            ("quarter", date(2026, 1, 1), TODAY),
        ],
    )
    def test_are_those_of_the_words(self, span: str, since: date, until: date) -> None:
        assert span_days(span, TODAY) == (since, until)


class TestLinks:
    def test_keep_the_filters_and_begin_with_the_first_page(self) -> None:
        query = {"kind": "credit", "since": "2026-02-01", "until": "2026-02-28", "before": "9"}

        links = span_links(query, TODAY)

        assert len(links) == len(SPANS)
        assert [link.label for link in links if link.is_current] == ["Last month"]
        assert links[2].url == "?kind=credit&since=2026-02-23&until=2026-03-01"

    def test_none_is_current_while_all_days_are_shown(self) -> None:
        assert not any(link.is_current for link in span_links({"kind": "credit"}, TODAY))


class TestWithout:
    def test_is_the_rest_from_the_first_page_on(self) -> None:
        query = {"kind": "credit", "since": "2026-02-01", "before": "9"}

        assert without(query, "kind") == "?since=2026-02-01"
        assert without({"kind": "credit"}, "kind") == "?"


class TestHead:
    @pytest.mark.parametrize(
        ("order", "sort", "next_url"),
        [
            ("", "descending", "?kind=credit&order=oldest"),
            ("oldest", "ascending", "?kind=credit"),
            ("nonsense", "descending", "?kind=credit&order=oldest"),
        ],
    )
    def test_turns_the_order_round(self, order: str, sort: str, next_url: str) -> None:
        head = sort_head({"kind": "credit", "order": order, "before": "9"}, "oldest", "")

        assert (head.sort, head.url) == (sort, next_url)

    def test_says_nothing_of_another_column_s_order(self) -> None:
        head = sort_head({}, "name", "name_desc")

        assert (head.sort, head.url) == ("none", "?order=name")


class TestSizes:
    def test_are_the_three_of_the_address(self) -> None:
        links = size_links({"size": "100", "kind": "credit", "before": "9"}, 50)

        assert [(link.label, link.is_current) for link in links] == [
            ("25", False),
            ("50", False),
            ("100", True),
        ]
        assert [link.url for link in links][1:] == [
            "?size=50&kind=credit",
            "?size=100&kind=credit",
        ]

    def test_keep_that_every_row_is_looked_at(self) -> None:
        assert size_links({"view": "all"}, 50)[1].url == "?view=all&size=50"

    @pytest.mark.parametrize("size", ["", "0", "26", "100000", "-25", "x"])
    def test_another_size_is_the_usual_one(self, size: str) -> None:
        assert asked_size({"size": size}, 50) == 50
