"""Compiled tiers say what each pricing model says by its definition."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usage.enums import PricingModel
from usage.errors import InvalidPriceError
from usage.pricing.exact import INFINITY
from usage.pricing.rating import rate
from usage.pricing.spec import PriceSpec, parse_spec
from usage.pricing.tiers import Tier, check_tiling, compile_price

AMOUNTS = st.decimals(0, 1000, places=6)
BOUNDS = st.decimals(Decimal("0.000001"), 100, places=6)
QUANTITIES = st.one_of(st.decimals(-100, 400, places=12), st.integers(-5, 400).map(Decimal))


@st.composite
def specs(draw: st.DrawFn) -> PriceSpec:
    model = draw(st.sampled_from(PricingModel))
    figures: dict[str, Any] = {
        "included": str(draw(st.one_of(st.just(Decimal(0)), BOUNDS))),
        "discount_percent": str(draw(st.sampled_from(["0", "12.5", "100"]))),
    }
    if model in (PricingModel.GRADUATED, PricingModel.VOLUME):
        edges = sorted(draw(st.sets(BOUNDS, max_size=3)))
        figures["tiers"] = [
            {
                "up_to": None if edge is None else str(edge),
                "unit": str(draw(AMOUNTS)),
                "flat": str(draw(AMOUNTS)),
            }
            for edge in [*edges, None]
        ]
    else:
        figures["unit"] = str(draw(AMOUNTS))
    if model is PricingModel.PACKAGE:
        figures["package_size"] = str(draw(BOUNDS))
    least = draw(st.none() | AMOUNTS)
    figures["minimum"] = None if least is None else str(least)
    most = draw(st.none() | AMOUNTS)
    figures["cap"] = None if most is None else str(most + (least or 0))
    return parse_spec(model, figures)


def amount_by_definition(spec: PriceSpec, quantity: Decimal, exponent: int) -> Fraction:
    """What the models mean, in words of the price list rather than of tiers."""
    units = Fraction(quantity) - Fraction(spec.included)
    amount = Fraction(0)
    if units > 0:
        if spec.model is PricingModel.PER_UNIT:
            amount = units * Fraction(spec.unit)
        elif spec.model is PricingModel.PACKAGE:
            amount = ceil(units / Fraction(spec.package_size)) * Fraction(spec.unit)
        elif spec.model is PricingModel.VOLUME:
            tier = next(t for t in spec.tiers if t.up_to == INFINITY or units <= Fraction(t.up_to))
            amount = units * Fraction(tier.unit) + Fraction(tier.flat)
        else:
            lower = Fraction(0)
            for tier in spec.tiers:
                upper = units if tier.up_to == INFINITY else min(units, Fraction(tier.up_to))
                if units > lower:
                    amount += (upper - lower) * Fraction(tier.unit) + Fraction(tier.flat)
                lower = upper
    amount *= 1 - Fraction(spec.discount_percent) / 100
    amount = max(amount, Fraction(spec.minimum or 0)) if spec.minimum is not None else amount
    amount = min(amount, Fraction(spec.cap)) if spec.cap is not None else amount
    factor: int = 10**exponent
    return amount * factor


class TestCompilePrice:
    @given(spec=specs(), quantity=QUANTITIES, exponent=st.sampled_from([0, 2, 3]))
    def test_it_equals_the_definition(
        self, spec: PriceSpec, quantity: Decimal, exponent: int
    ) -> None:
        tiers = compile_price(spec, exponent=exponent)

        assert rate(tiers, quantity) == amount_by_definition(spec, quantity, exponent)

    @given(spec=specs(), data=st.data())
    def test_it_equals_the_definition_at_every_edge(
        self, spec: PriceSpec, data: st.DataObject
    ) -> None:
        tiers = compile_price(spec, exponent=2)
        edges = [tier.hi for tier in tiers if tier.hi != INFINITY]
        edge = data.draw(st.sampled_from(edges))
        step = data.draw(st.sampled_from([Decimal("-1e-18"), Decimal(0), Decimal("1e-18")]))

        assert rate(tiers, edge + step) == amount_by_definition(spec, edge + step, 2)

    def test_graduated_prices_each_tier_at_its_rate(self) -> None:
        spec = parse_spec(
            PricingModel.GRADUATED,
            {"tiers": [{"up_to": "100", "unit": "1"}, {"up_to": None, "unit": "0.5", "flat": "2"}]},
        )

        assert rate(compile_price(spec, exponent=2), Decimal(150)) == 12_700

    def test_volume_prices_all_units_at_the_tier_reached(self) -> None:
        spec = parse_spec(
            PricingModel.VOLUME,
            {
                "tiers": [
                    {"up_to": "10000", "unit": "0.001"},
                    {"up_to": None, "unit": "0.0006", "flat": "10"},
                ]
            },
        )

        assert rate(compile_price(spec, exponent=2), Decimal(65_000)) == 4_900

    def test_package_counts_begun_packages_behind_the_included_units(self) -> None:
        spec = parse_spec(
            PricingModel.PACKAGE, {"unit": "5", "package_size": "100", "included": "100"}
        )

        assert rate(compile_price(spec, exponent=2), Decimal(201)) == 1_000

    def test_negative_quantities_are_credited_where_the_meter_takes_them(self) -> None:
        spec = parse_spec(PricingModel.PER_UNIT, {"unit": "0.5"}, allows_negative=True)

        assert rate(compile_price(spec, exponent=2), Decimal(-3)) == -150

    def test_a_yen_has_no_cents(self) -> None:
        spec = parse_spec(PricingModel.PER_UNIT, {"unit": "0.5"})

        assert rate(compile_price(spec, exponent=0), Decimal(3)) == Fraction(3, 2)


class TestProrated:
    def test_it_cuts_included_units_in_proportion(self) -> None:
        spec = parse_spec(PricingModel.PER_UNIT, {"unit": "1", "included": "100", "minimum": "31"})

        part = spec.prorated(Fraction(10, 31))

        assert part.included == Decimal("32.258064516129")
        assert part.minimum == Decimal(10)

    def test_it_survives_json(self) -> None:
        spec = parse_spec(
            PricingModel.GRADUATED,
            {"tiers": [{"up_to": "5", "unit": "1"}, {"unit": "2"}], "cap": "9"},
        )

        assert parse_spec(spec.model, spec.as_json()) == spec


class TestParseSpec:
    @pytest.mark.parametrize(
        ("model", "figures"),
        [
            (PricingModel.PER_UNIT, {"unit": "NaN"}),
            (PricingModel.PER_UNIT, {"unit": "Infinity"}),
            (PricingModel.PER_UNIT, {"unit": "1e30"}),
            (PricingModel.PER_UNIT, {"unit": "0.0000000000000000001"}),
            (PricingModel.PER_UNIT, {"unit": 0.5}),
            (PricingModel.PER_UNIT, {"unit": True}),
            (PricingModel.PER_UNIT, {"unit": "one"}),
            (PricingModel.PER_UNIT, {"price": "1"}),
            (PricingModel.PER_UNIT, {"unit": "1", "tiers": [{"unit": "1"}]}),
            (PricingModel.PER_UNIT, {"unit": "-1", "cap": "5"}),
            (PricingModel.PER_UNIT, {"unit": "1", "package_size": "5"}),
            (PricingModel.PER_UNIT, {"unit": "1", "discount_percent": "101"}),
            (PricingModel.PER_UNIT, {"unit": "1", "minimum": "5", "cap": "4"}),
            (PricingModel.PER_UNIT, {"unit": "1", "minimum": "-1"}),
            (PricingModel.PER_UNIT, {"unit": "1", "included": "-1"}),
            (PricingModel.PACKAGE, {"unit": "1", "package_size": "0"}),
            (PricingModel.GRADUATED, {"unit": "1"}),
            (PricingModel.GRADUATED, {"tiers": [{"up_to": "5", "unit": "1"}]}),
            (
                PricingModel.VOLUME,
                {
                    "tiers": [
                        {"up_to": "5", "unit": "1"},
                        {"up_to": "5", "unit": "1"},
                        {"unit": "1"},
                    ]
                },
            ),
            (PricingModel.VOLUME, {"tiers": [{"unit": "-1"}]}),
            (PricingModel.VOLUME, {"tiers": [{"unit": "1", "rate": "2"}]}),
            (PricingModel.VOLUME, {"tiers": ["1"]}),
        ],
    )
    def test_it_refuses(self, model: PricingModel, figures: dict[str, Any]) -> None:
        with pytest.raises(InvalidPriceError):
            parse_spec(model, figures)

    def test_it_refuses_included_units_on_a_meter_with_negative_quantities(self) -> None:
        with pytest.raises(InvalidPriceError):
            parse_spec(PricingModel.PER_UNIT, {"unit": "1", "included": "5"}, allows_negative=True)


class TestCheckTiling:
    @pytest.mark.parametrize(
        "bounds",
        [
            [],
            [("-Infinity", "0")],
            [("0", "Infinity")],
            [("-Infinity", "0"), ("1", "Infinity")],
            [("-Infinity", "5"), ("5", "5"), ("5", "Infinity")],
        ],
    )
    def test_it_refuses_gaps(self, bounds: list[tuple[str, str]]) -> None:
        zero = Decimal(0)
        tiers = tuple(Tier(Decimal(lo), Decimal(hi), zero, zero, zero) for lo, hi in bounds)

        with pytest.raises(InvalidPriceError):
            check_tiling(tiers)
