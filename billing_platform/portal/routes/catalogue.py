"""Routes of a provider's pages about meters, plans and prices."""

from __future__ import annotations

from typing import Final

from django.urls import path

from billing_platform.portal.views import (
    meter,
    meters,
    plan_moves,
    plan_prices,
    plans,
    price_changes,
    price_files,
)

_PLAN: Final = "provider/plans/<int:plan_id>"
_MOVE: Final = "provider/plan-moves/<int:move_id>"
_LINE: Final = "provider/price-lines/<int:line_id>"
_VERSION: Final = f"{_PLAN}/versions/<int:version_id>"

ROUTES = (
    path("provider/meters/", meters.meters, name="provider-meters"),
    path("provider/meters/new", meters.new_meter, name="provider-meter-new"),
    path("provider/meters/<int:meter_id>/", meter.meter, name="provider-meter"),
    path("provider/meters/<int:meter_id>/edit", meter.edit, name="provider-meter-edit"),
    path("provider/meters/<int:meter_id>/try", meter.attempt, name="provider-meter-try"),
    path("provider/meters/<int:meter_id>/archive", meters.archive, name="provider-meter-archive"),
    path("provider/meters/<int:meter_id>/restore", meters.restore, name="provider-meter-restore"),
    path("provider/plans/", plans.plans, name="provider-plans"),
    path("provider/plans.csv", price_files.all_prices, name="provider-prices-csv"),
    path("provider/plans/new", plans.new_plan, name="provider-plan-new"),
    path(f"{_PLAN}/", plans.plan, name="provider-plan"),
    path(f"{_PLAN}/archive", plans.archive, name="provider-plan-archive"),
    path(f"{_VERSION}/copy", plans.copy, name="provider-plan-copy"),
    path(f"{_VERSION}/sell", plan_moves.sell, name="provider-plan-sell"),
    path(f"{_VERSION}/activate", plan_moves.activate, name="provider-plan-activate"),
    path(f"{_MOVE}/", plan_moves.move, name="provider-plan-move"),
    path(f"{_MOVE}/stop", plan_moves.stop, name="provider-plan-move-stop"),
    path(f"{_MOVE}/results.csv", plan_moves.move_csv, name="provider-plan-move-csv"),
    path(f"{_VERSION}/retire", plans.retire, name="provider-plan-retire"),
    path(f"{_VERSION}/drop", plans.drop, name="provider-plan-drop"),
    path(f"{_VERSION}/preview", plans.preview, name="provider-plan-preview"),
    path(f"{_VERSION}/prices.csv", price_files.version_prices, name="provider-version-csv"),
    path(f"{_VERSION}/prices/new", plan_prices.new_price, name="provider-price-new"),
    path(f"{_VERSION}/prices/<int:price_id>/", plan_prices.price, name="provider-price"),
    path(
        f"{_VERSION}/prices/<int:price_id>/remove",
        plan_prices.remove,
        name="provider-price-remove",
    ),
    path(f"{_LINE}/", price_changes.line, name="provider-price-line"),
    path(f"{_LINE}/change", price_changes.change, name="provider-price-change"),
    path(f"{_LINE}/order", price_changes.order, name="provider-price-order"),
)
