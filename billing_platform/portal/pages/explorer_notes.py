"""How the figures of the usage explorer read, and what is capped, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.explorer_clients import READ_MAX
from billing_platform.portal.pages.explorer_filter import CLIENT
from usage.enums import Aggregation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from billing_platform.portal.pages.explorer_money import Amounts
    from billing_platform.portal.pages.explorer_rows import Asked


def explorer_notes(asked: Asked, amounts: Amounts, *, is_ranked: bool) -> Iterator[str]:
    """Yield sentences that say how the figures read and what is capped.

    Args:
        asked: what the explorer shows.
        amounts: what stands beside the figures.
        is_ranked: whether clients stand by what they used.
    """
    yield _("Figures are hourly totals as of now; an hour belongs to the day in which it begins.")
    yield _("At most 92 days are shown at once, clients of at most 31 days and hours of at most 7.")
    if asked.wanted.group == CLIENT and asked.client is None:
        most = format_count(READ_MAX)
        if is_ranked:
            yield _("At most 25 clients are shown, those who used most; the CSV holds all of them.")
        else:
            yield (
                _(
                    "These hours hold more than %s hourly totals, so clients stand in the order in which they were"
                    " added, 25 to a page, and not by what they used. Choose a single hour or fewer days for a ranking;"
                    " the CSV holds all of them."
                )
                % most
            )
    if asked.meter is not None:
        yield from _meter_notes(asked.meter.aggregation)
    elif any(meter.aggregation == Aggregation.UNIQUE for meter in asked.meters):
        yield _(
            "Meters of identities count each once per billing period, in the hour in which it first came; its later"
            " events add none."
        )
    if amounts.currencies and not amounts.is_cost:
        yield _(
            "“Earned” is the ledger's revenue told apart by meter, as on the dashboard; a day is told apart once it is"
            " over."
        )


def _meter_notes(aggregation: str) -> Iterator[str]:
    if aggregation in {Aggregation.MAX, Aggregation.LATEST}:
        yield _(
            "This meter keeps one value per hour and client, the highest or the last one. The figures are these values"
            " added up."
        )
    if aggregation == Aggregation.UNIQUE:
        yield _(
            "This meter counts each identity once per billing period, in the hour in which it first came."
        )
