"""FOCUS 1.0 CSV: one row is one resource in one hour at a list price. Rows become events; called by imports."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import UnknownCurrencyError
from usage.importers.cloudevents import MAX_ID, MAX_SUBJECT, MAX_TENANT, MAX_TYPE
from usage.intake.digests import canonical_data, content_digest
from usage.intake.events import IncomingEvent
from usage.intake.quantities import read_quantity
from usage.intake.timestamps import EARLIEST
from usage.intake.verdicts import BadEventError, Reason
from usage.pricing.exact import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from decimal import Decimal

SOURCE = "focus"
MAX_NAME = 200
REQUIRED = (
    "Id",
    "SubAccountId",
    "SubAccountName",
    "SkuPriceId",
    "ListUnitPrice",
    "PricingQuantity",
    "ChargePeriodStart",
    "BillingPeriodStart",
    "BillingCurrency",
)
# A quoted field may hold a whole JSON document; the reader's own limit would end the file.
_LONGEST_FIELD = 16 * 1024 * 1024
_UNREADABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class NotFocusError(ValueError):
    """A file without the columns of FOCUS that usage needs.

    Attributes:
        missing: their names.
    """

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"The file has no column {', '.join(missing)}.")
        self.missing = missing


class FocusRow(NamedTuple):
    """One row: the price is in major units of the currency per unit, exact; times are in UTC."""

    event_id: str
    tenant: str
    tenant_name: str
    sku: str
    unit_price: Decimal
    currency: str
    quantity: Decimal
    resource: str
    at: datetime
    period_start: datetime
    unit: str
    service: str
    data: Mapping[str, object]
    data_text: str


class BadRow(NamedTuple):
    """A row that cannot be taken: its id as far as readable, why, and the row's cells."""

    event_id: str | None
    reason: Reason
    cells: Mapping[str | None, object]


@dataclass
class PriceBook:
    """Which price a meter has for whom, so that a row with another price finds a meter of its own.

    Attributes:
        base: list price by (sku, currency).
        own: price by (tenant, sku, currency) that the plain meter of the sku has for this tenant.
        currencies: the currency of each tenant's wallet.
    """

    base: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    own: dict[tuple[str, str, str], Decimal] = field(default_factory=dict)
    currencies: dict[str, str] = field(default_factory=dict)

    def takes(self, row: FocusRow) -> bool:
        """Return whether a row is in its tenant's currency; a wallet never holds another one."""
        return self.currencies.get(row.tenant, row.currency) == row.currency

    def learn(self, row: FocusRow) -> None:
        """Take a row's price as the list price of its sku, or as the tenant's own, when there is none yet."""
        self.currencies.setdefault(row.tenant, row.currency)
        self.base.setdefault((row.sku, row.currency), row.unit_price)
        self.own.setdefault((row.tenant, row.sku, row.currency), row.unit_price)
        code = self.meter_code(row)
        if code != row.sku:
            self.base.setdefault((code, row.currency), row.unit_price)

    def meter_code(self, row: FocusRow) -> str:
        """Return the sku, or `sku@price` when the tenant pays another price for the sku too."""
        price = self.own.get((row.tenant, row.sku, row.currency))
        if price is None:
            price = self.base.get((row.sku, row.currency), row.unit_price)
        return row.sku if price == row.unit_price else f"{row.sku}@{plain(row.unit_price)}"

    def overrides(self) -> dict[tuple[str, str, str], Decimal]:
        """Return the tenants' own prices that differ from the list price."""
        return {key: price for key, price in self.own.items() if self.base[key[1:]] != price}


def read_rows(lines: Iterable[str]) -> Iterator[FocusRow | BadRow]:
    """Yield one item per row of the file; a bad row is one `BadRow` and never ends the reading.

    Raises:
        NotFocusError: the header lacks a column.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(lines)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise NotFocusError(missing)
    for cells in reader:
        try:
            yield _read_row(cells)
        except BadEventError as error:
            yield BadRow(_readable_id(cells), error.reason, cells)


def to_event(row: FocusRow, meter_code: str) -> IncomingEvent:
    """Return a row as an event of a meter; the digest covers the row, not the meter that its price led to."""
    at_text = row.at.isoformat()
    digest = content_digest(
        tenant=row.tenant,
        event_type=row.sku,
        subject=row.resource,
        at_text=at_text,
        data_text=row.data_text,
    )
    return IncomingEvent(
        event_id=row.event_id,
        source=SOURCE,
        tenant=row.tenant,
        type=meter_code,
        subject=row.resource,
        at=row.at,
        at_text=at_text,
        quantity=row.quantity,
        data=row.data,
        data_text=row.data_text,
        digest=digest,
    )


def _read_row(cells: Mapping[str, str | None]) -> FocusRow:
    data = _data(cells)
    tenant = _text(cells, "SubAccountId", MAX_TENANT, Reason.INVALID_TENANT)
    return FocusRow(
        event_id=_text(cells, "Id", MAX_ID, Reason.INVALID_ID),
        tenant=tenant,
        tenant_name=_text(cells, "SubAccountName", MAX_NAME, Reason.INVALID_TENANT, tenant),
        sku=_text(cells, "SkuPriceId", MAX_TYPE, Reason.INVALID_TYPE),
        unit_price=read_quantity(data["unit_price"]),
        currency=data["currency"],
        quantity=read_quantity(data["quantity"]),
        resource=_text(cells, "ResourceId", MAX_SUBJECT, Reason.INVALID_SUBJECT, ""),
        at=_time(cells, "ChargePeriodStart"),
        period_start=_time(cells, "BillingPeriodStart"),
        unit=data["unit"],
        service=data["service"],
        data=data,
        data_text=canonical_data(data),
    )


def _data(cells: Mapping[str, str | None]) -> dict[str, str]:
    return {
        "quantity": plain(read_quantity(_cell(cells, "PricingQuantity"))),
        "unit_price": plain(read_quantity(_cell(cells, "ListUnitPrice"))),
        "currency": _currency(cells),
        "unit": _cell(cells, "PricingUnit"),
        "service": _cell(cells, "ServiceName"),
        "region": _cell(cells, "RegionId"),
    }


def _cell(cells: Mapping[str, str | None], name: str) -> str:
    value = cells.get(name)
    return "" if value is None or value == "NULL" else value


def _text(
    cells: Mapping[str, str | None],
    name: str,
    longest: int,
    reason: Reason,
    default: str | None = None,
) -> str:
    value = _cell(cells, name)
    if not value.strip() and default is not None:
        return default
    if not value.strip() or _UNREADABLE.search(value):
        raise BadEventError(reason)
    if len(value) > longest:
        raise BadEventError(Reason.TOO_LONG)
    return value


def _currency(cells: Mapping[str, str | None]) -> str:
    code = _text(cells, "BillingCurrency", 3, Reason.INVALID_DATA)
    try:
        exponent(code)
    except UnknownCurrencyError:
        raise BadEventError(Reason.INVALID_DATA) from None
    return code


def _time(cells: Mapping[str, str | None], name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_cell(cells, name))
        # FOCUS times are UTC, with or without the letter.
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadEventError(Reason.INVALID_TIME) from None
    if at < EARLIEST:
        raise BadEventError(Reason.TOO_LATE)
    return at


def _readable_id(cells: Mapping[str, str | None]) -> str | None:
    value = _cell(cells, "Id")
    return _UNREADABLE.sub("\ufffd", value[:MAX_ID]) or None
