"""The audit log has a word for everything that is recorded, and tells values as people read them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from billing_platform.kernel.rows import fetch_all
from billing_platform.portal.audit_words import REGISTERED, changed_fields, name_of
from billing_platform.portal.pages.audit_histories import HISTORIES

COLUMNS = """
SELECT column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND table_name = %s AND NOT column_name LIKE 'pgh\\_%%'
"""
TENANT = {
    "currency": "EUR",
    "credit_limit_minor": 123_450,
    "billing_plan": "PREPAID",
    "trial_ends_at": "2026-11-20T23:30:00+00:00",
    "language": "de",
    "public_id": "ten_1",
}


def told(kind: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[str, str]]:
    changes = changed_fields(kind, "update", after, before, zone="Europe/Berlin")
    return {change.name: (change.before, change.after) for change in changes}


class TestRegistry:
    def test_knows_every_kind_of_row_and_no_other(self) -> None:
        assert list(REGISTERED) == [history.kind for history in HISTORIES]

    @pytest.mark.django_db
    @pytest.mark.parametrize(("kind", "table"), [history[:2] for history in HISTORIES])
    def test_every_recorded_column_has_a_word_or_is_silent_on_purpose(
        self, kind: str, table: str
    ) -> None:
        row = REGISTERED[kind]
        recorded = {name for (name,) in fetch_all(COLUMNS, [table])}

        assert recorded
        assert set(row.columns) | row.silent == recorded
        assert not set(row.columns) & row.silent
        assert all(str(column.label).strip() for column in row.columns.values())
        assert str(row.label)


class TestValues:
    @pytest.mark.parametrize(
        ("language", "limit", "ends"),
        [
            ("en", "1,234.50 EUR", "21 Nov 2026, 00:30"),
            ("de", "1.234,50 EUR", "21. Nov. 2026, 00:30"),
        ],
    )
    def test_amounts_and_times_are_the_reader_s(self, language: str, limit: str, ends: str) -> None:
        with override(language):
            found = list(told("tenant", {}, TENANT).values())

        assert ("", limit) in found
        assert ("", ends) in found
        assert ("", "Deutsch") in found
        assert "ten_1" not in str(found)

    def test_choices_are_words(self) -> None:
        before, after = {"role": "owner"}, {"role": "read_only"}
        assert told("provider_member", before, after) == {"Role": ("Owner", "Read-only")}
        assert told("api_key", {}, {"scopes": ["usage:write"]}) == {"It may": ("", "Send usage")}
        # What this release does not know is told as it stands.
        assert told("tenant", {}, {"category": "club"}) == {"Category": ("", "club")}

    def test_settings_say_what_they_are_and_on_or_off(self) -> None:
        row = {"name": "suspension.enabled", "value": False}
        assert told("setting", {**row, "value": True}, row) == {"Value": ("On", "Off")}
        assert name_of("setting", row, {}) == "Suspend clients whose balance is used up."
        odd = {"name": "gone.setting", "value": 7}
        assert told("setting", {}, odd) == {"Value": ("", "7")}
        assert name_of("setting", odd, {}) == "gone.setting"

    def test_what_goes_is_told_too(self) -> None:
        changes = changed_fields("host", "delete", {"name": "a.example"}, None, zone="UTC")
        assert [(change.name, change.before, change.after) for change in changes] == [
            ("Name", "a.example", "")
        ]
