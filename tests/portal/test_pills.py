"""A state as a page draws it: a word always, and where it is known since when and why."""

from __future__ import annotations

from datetime import UTC, datetime

from billing_platform.portal.templatetags.ui import pill

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


class TestPill:
    def test_is_a_word_alone(self) -> None:
        assert pill("suspended") == '<span class="badge bg-orange-lt">Suspended</span>'
        assert pill("suspended", None, "UTC", "overdue") == pill("suspended")

    def test_tells_since_when_and_why_by_keyboard_and_to_a_screen_reader(self) -> None:
        drawn = pill("suspended", AT, "Europe/Berlin", "<b>overdue")

        name = "since-suspended-20261120120000"
        assert f'tabindex="0" aria-describedby="{name}">Suspended' in drawn
        assert (
            f'role="tooltip" id="{name}">Since <time datetime="2026-11-20T12:00:00+00:00"' in drawn
        )
        assert "13:00</time>" in drawn
        assert ": &lt;b&gt;overdue</span>" in drawn
