"""Codes read the same however they are typed, and made ones cannot be guessed."""

import math
import re

import pytest

from promotions.errors import WordRefused
from promotions.rules.codes import new_code, normal_form, shown_form


class TestNormalForm:
    @pytest.mark.parametrize(
        "typed",
        [
            "WELCOME-10",
            "welcome10",
            " Wel come\u00a010 ",
            "welcome\u201310",
            "Ｗelcome10",
            "wel\tcome\u200b10",
        ],
    )
    def test_case_spaces_and_dashes_do_not_matter(self, typed: str) -> None:
        assert normal_form(typed) == "WELCOME10"

    @pytest.mark.parametrize("typed", ["", "ab", "wel_come", "wélcome", "=1+1", "x" * 41, "' OR 1"])
    def test_what_no_code_reads_like_is_none(self, typed: str) -> None:
        assert normal_form(typed) == ""


class TestShownForm:
    def test_it_is_written_in_capitals_with_dashes(self) -> None:
        assert shown_form(" black  friday ") == "BLACK-FRIDAY"

    def test_other_signs_are_refused(self) -> None:
        with pytest.raises(WordRefused):
            shown_form("50%")


class TestNewCode:
    def test_it_has_the_prefix_and_at_least_sixty_bits_of_unambiguous_chance(self) -> None:
        codes = {new_code("nimbus") for _ in range(500)}

        assert len(codes) == 500
        assert all(re.fullmatch(r"NIMBUS-.{4}-.{4}-.{5}", code) for code in codes)
        signs = set("".join(code.removeprefix("NIMBUS-").replace("-", "") for code in codes))
        assert not signs & set("01ILO")
        assert 13 * math.log2(len(signs)) >= 60

    @pytest.mark.parametrize("prefix", ["", "n", "with space", "=CMD", "x" * 13])
    def test_another_prefix_is_refused(self, prefix: str) -> None:
        with pytest.raises(WordRefused):
            new_code(prefix)
