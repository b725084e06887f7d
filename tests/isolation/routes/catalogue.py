"""A provider's pages about meters, plans and prices."""

from __future__ import annotations

from typing import Final

from tests.isolation.routes.route import STAFF, Route

SELLERS: Final = ("owner", "billing")
PLAN: Final = ("plan_id",)
VERSION: Final = (*PLAN, "version_id")
PRICE: Final = (*VERSION, "price_id")
METER: Final = ("meter_id",)
LINE: Final = ("line_id",)

ROUTES = (
    Route("provider-meters", "provider", STAFF),
    Route("provider-meter-new", "provider", SELLERS),
    Route("provider-meter", "provider", STAFF, things=METER),
    Route("provider-meter-edit", "provider", SELLERS, things=METER),
    Route("provider-meter-try", "provider", STAFF, things=METER),
    Route("provider-meter-archive", "provider", SELLERS, "post", things=METER),
    Route("provider-meter-restore", "provider", SELLERS, "post", things=METER),
    Route("provider-plans", "provider", STAFF),
    Route("provider-prices-csv", "provider", STAFF),
    Route("provider-version-csv", "provider", STAFF, things=VERSION),
    Route("provider-plan-new", "provider", SELLERS),
    Route("provider-plan", "provider", STAFF, things=PLAN),
    Route("provider-plan-archive", "provider", SELLERS, "post", things=PLAN),
    Route("provider-plan-copy", "provider", SELLERS, "post", things=VERSION),
    Route("provider-plan-activate", "provider", SELLERS, "post", things=VERSION),
    Route("provider-plan-sell", "provider", SELLERS, things=VERSION),
    Route("provider-plan-move", "provider", STAFF, things=("move_id",)),
    Route("provider-plan-move-stop", "provider", SELLERS, "post", things=("move_id",)),
    Route("provider-plan-move-csv", "provider", STAFF, things=("move_id",)),
    Route("provider-plan-retire", "provider", SELLERS, "post", things=VERSION),
    Route("provider-plan-drop", "provider", SELLERS, "post", things=VERSION),
    Route("provider-plan-preview", "provider", STAFF, things=VERSION),
    Route("provider-price-new", "provider", SELLERS, things=VERSION),
    Route("provider-price", "provider", SELLERS, things=PRICE),
    Route("provider-price-line", "provider", STAFF, things=LINE),
    Route("provider-price-change", "provider", ("owner",), things=LINE),
    Route("provider-price-order", "provider", ("owner",), "post", things=LINE, is_refused=True),
    Route("provider-price-remove", "provider", SELLERS, "post", things=PRICE),
)
