"""What the audit log tells of clients' units, prices, budgets, telephone systems and gateways. Called by its words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.audit_registry import (
    Column,
    Kind,
    Told,
    amount,
    moment,
    one_of,
    text,
)
from billing_platform.portal.formats import format_quantity
from billing_platform.portal.pages.phone_systems import rule_words
from billing_platform.portal.words import CALL_DIRECTIONS, LINE_KINDS, Vocabulary
from payments.enums import ConnectionState
from usage.importers.asterisk_mapping import DirectionRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from billing_platform.portal.audit_registry import Known


def _rates(value: Any, told: Told) -> str:
    price = told.known.prices.get(value)
    return price.rates if price else ""


def _units(value: Any, _told: Told) -> str:
    return format_quantity(Decimal(str(value)), get_language() or "en")


def _span(value: Any, told: Told) -> str:
    """Tell a range as PostgreSQL writes it, an open end as none."""
    bounds = [each.strip('"') for each in str(value).strip("[]()").split(",")]
    begins, ends = (moment(datetime.fromisoformat(at), told) if at else "" for at in bounds)
    if ends:
        return gettext("%(begins)s to %(ends)s") % {"begins": begins, "ends": ends}
    return gettext("from %(begins)s") % {"begins": begins}


def _filled(value: Any, _told: Told) -> str:
    """Tell the columns of a bank's CSV that are named."""
    named = {name: each for name, each in dict(value or {}).items() if each not in ("", 0)}
    return ", ".join(f"{name} {each!r}" for name, each in sorted(named.items()))


def _rules(value: Any, _told: Told) -> str:
    rules = [DirectionRule(**each) for each in value]
    return "; ".join(
        f"{number}. {CALL_DIRECTIONS[rule.direction]}: {rule_words(rule)}"
        for number, rule in enumerate(rules, start=1)
    )


def _yes(value: Any, _told: Told) -> str:
    return gettext("yes") if value else gettext("no")


_OWN: Final = frozenset({"id", "provider_id", "created_at"})

SYSTEMS: Final[dict[str, Kind]] = {
    "units": Kind(
        _("Units of a client"),
        {
            "changed_from": Column(_("Units before"), _units),
            "quantity": Column(_("Units"), _units),
            "valid": Column(_("Holds"), _span),
        },
        _OWN | {"tenant_id", "subscription_id", "price_id"},
    ),
    "price_override": Kind(
        _("Own price of a client"),
        {"own_price_id": Column(_("Price"), _rates), "valid": Column(_("Holds"), _span)},
        _OWN | {"tenant_id", "price_id"},
    ),
    "budget": Kind(
        _("Budget of a client"),
        {"amount_minor": Column(_("Budget"), amount)},
        frozenset({"id", "provider_id", "tenant_id", "currency"}),
    ),
    "call_mapping": Kind(
        _("Phone system"),
        {
            "source": Column(_("Code"), text),
            "time_zone": Column(_("Time zone of its files"), text),
            "rules": Column(_("Directions"), _rules),
        },
        frozenset({"id", "provider_id"}),
    ),
    "call_line": Kind(
        _("Line of a phone system"),
        {
            "kind": Column(_("Kind"), one_of(LINE_KINDS)),
            "value": Column(_("Number, trunk or account code"), text),
            "tenant_external_id": Column(_("Client id"), text),
        },
        frozenset({"id", "provider_id", "mapping_id"}),
    ),
    "call_folder": Kind(
        _("Watched folder"),
        {
            "path": Column(_("Folder"), text),
            "pattern": Column(_("Files"), text),
            "columns": Column(_("Order of columns"), text),
            "source": Column(_("Phone system"), text),
            "is_active": Column(_("Is read"), _yes),
        },
        _OWN,
    ),
    "connection": Kind(
        _("Gateway"),
        {
            "gateway": Column(_("Gateway"), text),
            "label": Column(_("Name"), text),
            "position": Column(_("Place"), text),
            "is_live": Column(_("Real money moves"), _yes),
            "account_id": Column(_("Account at the gateway"), text),
            "state": Column(
                _("State"), one_of(Vocabulary({each.value: each.label for each in ConnectionState}))
            ),
        },
        _OWN | {"public_id"},
    ),
    "credential": Kind(
        _("Keys of a gateway"),
        {
            "updated_at": Column(_("Replaced"), moment),
            "webhook_id": Column(_("Webhooks registered as"), text),
            "previous_until": Column(_("The former signing secret counts until"), moment),
        },
        frozenset({"id", "provider_id", "connection_id"}),
    ),
    "bank_account": Kind(
        _("Bank account"),
        {
            "iban": Column(_("IBAN"), text),
            "holder": Column(_("Account holder"), text),
            "bic": Column(_("BIC"), text),
            "currency": Column(_("Currency"), text),
            "is_default": Column(_("On documents"), _yes),
            "csv_profile": Column(_("CSV of your bank"), _filled),
        },
        _OWN - {"created_at"},
    ),
}


def prices_in(kind: str, content: Mapping[str, Any]) -> set[int]:
    """Return the prices that a changed row names by their numbers.

    Args:
        kind: of any history.
        content: its row.
    """
    names = {"units": ("price_id",), "price_override": ("price_id", "own_price_id")}
    return {content[name] for name in names.get(kind, ())}


def system_name(kind: str, content: Mapping[str, Any], known: Known) -> str:
    """Return what a changed thing is called.

    Args:
        kind: of SYSTEMS.
        content: its row.
        known: what rows name, in words.
    """
    if kind in {"units", "price_override"}:
        price = known.prices.get(content["price_id"])
        return price.name if price else ""
    if kind == "credential":
        return known.connections.get(content["connection_id"], "")
    name = {
        "bank_account": "iban",
        "budget": "currency",
        "call_mapping": "source",
        "call_line": "value",
        "call_folder": "path",
    }
    return str(content[name.get(kind, "label")])
