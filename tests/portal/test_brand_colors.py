"""Three readable colours from one, for every colour there is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing_platform.portal.brand_colors import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    TEXT_CONTRAST,
    brand_colors,
    contrast,
    parse_hex,
    to_hex,
)

channels = st.tuples(*[st.integers(min_value=0, max_value=255)] * 3)


class TestContrast:
    def test_runs_from_1_to_21(self) -> None:
        assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
        assert contrast((7, 8, 9), (7, 8, 9)) == pytest.approx(1)

    def test_knows_the_grey_of_the_standard(self) -> None:
        assert contrast(parse_hex("#767676"), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


class TestBrandColors:
    def test_keeps_a_blue_and_writes_white_on_it(self) -> None:
        colors = brand_colors("#1f5eff")

        assert (colors.fill, colors.on_fill) == ("#1f5eff", "#ffffff")

    def test_writes_dark_on_a_yellow_and_darkens_its_links(self) -> None:
        colors = brand_colors("#ffcc00")

        assert colors.on_fill == "#14171a"
        assert colors.text_light != "#ffcc00"
        assert colors.text_dark == "#ffcc00"

    @given(channels)
    def test_every_text_can_be_read(self, rgb: tuple[int, int, int]) -> None:
        colors = brand_colors(to_hex(rgb))

        assert contrast(rgb, parse_hex(colors.on_fill)) >= TEXT_CONTRAST
        for ground in LIGHT_GROUNDS:
            assert contrast(parse_hex(colors.text_light), ground) >= TEXT_CONTRAST
        for ground in DARK_GROUNDS:
            assert contrast(parse_hex(colors.text_dark), ground) >= TEXT_CONTRAST

    @pytest.mark.parametrize("color", ["", "blue", "#12345", "#1234567", "#gggggg", "red;}"])
    def test_refuses_what_is_no_color(self, color: str) -> None:
        with pytest.raises(ValueError, match="is not a colour"):
            brand_colors(color)
