"""What changed rows name by numbers, in words: versions, prices, connections. Called by the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.audit_catalogue import rates_of, versions_in
from billing_platform.portal.audit_registry import Known, ToldPrice
from billing_platform.portal.audit_systems import prices_in
from payments.selectors.histories import connection_labels
from tax.selectors.histories import place_names
from usage.selectors.histories import price_facts, version_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenants.selectors.changes import Change


def known_things(provider_id: int, changes: Iterable[Change]) -> Known:
    """Return what changes name, before or after; by four queries at most.

    Args:
        provider_id: whose; its scope is open.
        changes: rows of any history.
    """
    rows = [
        (change.kind, content)
        for change in changes
        for content in (change.content, change.former)
        if content is not None
    ]
    versions = {each for kind, content in rows for each in versions_in(kind, content)}
    prices = {each for kind, content in rows for each in prices_in(kind, content)}
    connections = {content["connection_id"] for kind, content in rows if kind == "credential"}
    places = {content["place_id"] for kind, content in rows if kind == "tax_rate"}
    words = _("%(plan)s, version %(number)s")
    return Known(
        versions={
            version_id: words % {"plan": plan, "number": number}
            for version_id, (plan, number) in version_names(provider_id, versions).items()
        },
        prices={
            fact.id: ToldPrice(
                f"{fact.name} ({words % {'plan': fact.plan, 'number': fact.number}})",
                rates_of(fact.row, fact.figures),
            )
            for fact in price_facts(provider_id, prices)
        },
        connections=connection_labels(provider_id, connections),
        tax_places=place_names(provider_id, places),
    )
