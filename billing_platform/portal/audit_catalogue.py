"""What the audit log tells of meters, plans, versions, prices and subscriptions. Called by the words of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.audit_registry import Column, Kind, Told, moment, one_of, text
from billing_platform.portal.pages.price_words import price_line
from billing_platform.portal.words import Vocabulary
from usage.enums import Aggregation, FeeAnchor, PriceKind, PricingModel, VersionState
from usage.selectors.catalogue import PriceRow

if TYPE_CHECKING:
    from collections.abc import Mapping


def rates_of(row: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """Return a price's rates in one line.

    Args:
        row: its kind, model and currency.
        figures: the JSON of `usage.pricing.spec`.
    """
    price = PriceRow(
        id=0,
        code="",
        name="",
        kind=row["kind"],
        model=row["model"],
        currency=row["currency"],
        figures=figures,
        meter_id=None,
        meter="",
        unit="",
        unit_one="",
        allows_negative=False,
        valid_from=None,
        valid_to=None,
        interval_months=0,
        fee_anchor="",
        is_continuing=False,
        is_allowance_prorated=False,
    )
    return "; ".join(price_line(price).rates)


def _figures(value: Any, told: Told) -> str:
    return rates_of(told.row, value)


def _filters(value: Any, _told: Told) -> str:
    return "; ".join(f"{rule['property']}: {', '.join(rule['values'])}" for rule in value)


def _version(value: Any, told: Told) -> str:
    return told.known.versions.get(value, "")


def _yes(value: Any, _told: Told) -> str:
    return gettext("yes") if value else gettext("no")


_NAME: Final = Column(_("Name"), text)
_CODE: Final = Column(_("Code"), text)
_ARCHIVED: Final = Column(_("Archived"), moment)

CATALOGUE: Final[dict[str, Kind]] = {
    "meter": Kind(
        _("Meter"),
        {
            "code": _CODE,
            "name": _NAME,
            "description": Column(_("Description"), text),
            "unit_name": Column(_("Unit"), text),
            "unit_one": Column(_("Unit in a price"), text),
            "event_type": Column(_("Type of the events"), text),
            "aggregation": Column(
                _("Quantity"), one_of(Vocabulary({each.value: each.label for each in Aggregation}))
            ),
            "value_property": Column(_("Property"), text),
            "filters": Column(_("Only events whose"), _filters),
            "increment": Column(_("Rounded up in steps of"), text),
            "increment_first": Column(_("Least quantity of an event"), text),
            "archived_at": _ARCHIVED,
        },
        frozenset(
            {
                "id",
                "provider_id",
                "created_at",
                "allows_negative",
                "identity",
                "identity_property",
            }
        ),
    ),
    "plan": Kind(_("Plan"), {"code": _CODE, "name": _NAME, "archived_at": _ARCHIVED}),
    "plan_version": Kind(
        _("Version of a plan"),
        {
            "state": Column(
                _("State"), one_of(Vocabulary({each.value: each.label for each in VersionState}))
            ),
            "activated_at": Column(_("On sale since"), moment),
        },
        frozenset({"id", "provider_id", "plan_id", "number", "created_at"}),
    ),
    "price": Kind(
        _("Price"),
        {
            "code": _CODE,
            "name": _NAME,
            "kind": Column(
                _("For"), one_of(Vocabulary({each.value: each.label for each in PriceKind}))
            ),
            "model": Column(
                _("Pricing model"),
                one_of(Vocabulary({each.value: each.label for each in PricingModel})),
            ),
            "spec": Column(_("Price"), _figures),
            "valid_from": Column(_("From"), moment),
            "valid_to": Column(_("Until"), moment),
            "interval_months": Column(_("Months of an interval"), text),
            "fee_anchor": Column(
                _("Intervals begin"),
                one_of(Vocabulary({each.value: each.label for each in FeeAnchor})),
            ),
            "is_continuing": Column(_("Tiers go on counting"), _yes),
            "is_allowance_prorated": Column(_("Included units are cut"), _yes),
        },
        frozenset({"id", "provider_id", "plan_version_id", "meter_id", "currency", "created_at"}),
    ),
    "subscription": Kind(
        _("Subscription"),
        {
            "plan_version_id": Column(_("Version"), _version),
            "currency": Column(_("Currency"), text),
            "starts_at": Column(_("Begins"), moment),
            "ends_at": Column(_("Ends"), moment),
        },
        frozenset({"id", "provider_id", "tenant_id", "plan_id", "created_at"}),
    ),
}


def versions_in(kind: str, content: Mapping[str, Any]) -> set[int]:
    """Return the versions that a changed row names.

    Args:
        kind: of any history.
        content: its row.
    """
    if kind == "plan_version":
        return {content["id"]}
    return {content["plan_version_id"]} if kind in {"price", "subscription"} else set()


def catalogue_name(kind: str, content: Mapping[str, Any], versions: Mapping[int, str]) -> str:
    """Return what a changed thing of the catalogue is called.

    Args:
        kind: of CATALOGUE.
        content: its row.
        versions: versions in words by their ids; a dropped draft is not among them.
    """
    version = "".join(versions.get(each, "") for each in versions_in(kind, content))
    if kind == "plan_version":
        return version or gettext("Version %(number)s") % {"number": content["number"]}
    if kind == "subscription":
        return version
    name = str(content["name"])
    return f"{name} ({version})" if version else name
