"""The form of a setting, in the setting's own type."""

from __future__ import annotations

from typing import Any

import pytest

from billing_platform.portal.forms import SettingForm, initial_value, words_of
from billing_platform.portal.setting_words import CHOICES, choice_words
from tenants.registry import REGISTRY

SWITCH = REGISTRY["suspension.enabled"]
NUMBER = REGISTRY["suspension.grace_hours"]
CHOICE = REGISTRY["suspension.inbound"]
NUMBERS = REGISTRY["warnings.levels_hours"]
PATTERN = REGISTRY["documents.invoice_pattern"]


class TestSettingForm:
    @pytest.mark.parametrize(
        ("setting", "entered", "value"),
        [
            (SWITCH, "off", False),
            (SWITCH, "on", True),
            (NUMBER, "12", 12),
            (CHOICE, "reject", "reject"),
            (NUMBERS, "48, 12", (48, 12)),
            (NUMBERS, "", ()),
        ],
    )
    def test_returns_the_setting_s_own_type(
        self, setting: Any, entered: str, value: object
    ) -> None:
        form = SettingForm({"value": entered}, setting=setting)

        assert form.is_valid()
        assert form.setting_value() == value
        assert setting.parse(form.setting_value()) == value

    @pytest.mark.parametrize(
        ("setting", "entered"),
        [
            (SWITCH, "perhaps"),
            (NUMBER, "-1"),
            (NUMBER, "x"),
            (CHOICE, "sing"),
            (NUMBERS, "1, x"),
            (PATTERN, ""),
            (PATTERN, "INV-{year}"),
            (PATTERN, "№{number}"),
        ],
    )
    def test_refuses_another_shape(self, setting: Any, entered: str) -> None:
        assert not SettingForm({"value": entered}, setting=setting).is_valid()

    @pytest.mark.parametrize("setting", REGISTRY.values())
    def test_takes_back_what_it_shows(self, setting: Any) -> None:
        shown = initial_value(setting, setting.default)

        form = SettingForm({"value": shown}, setting=setting)

        assert form.is_valid(), form.errors
        assert form.setting_value() == setting.default


class TestWordsOf:
    def test_reads_like_words(self) -> None:
        assert words_of(SWITCH, value=True) == "On"
        assert words_of(CHOICE, "announce") == "Answered by an announcement"
        assert words_of(NUMBERS, (72, 24)) == "72, 24"
        assert words_of(NUMBERS, ()) == "–"

    def test_every_choice_of_ours_has_its_words(self) -> None:
        ours = {name: one.choices for name, one in REGISTRY.items() if one.kind == "choice"}

        assert {name: tuple(words) for name, words in CHOICES.items()} == ours

    def test_a_choice_of_another_package_is_its_own_word(self) -> None:
        assert choice_words("sms.route", "least_cost") == "Least cost"
