"""Write files of the shape of FOCUS 1.0, row by row, for tests."""

from __future__ import annotations

import csv
import io
from typing import Any

COLUMNS = (
    "AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargePeriodEnd", "ChargePeriodStart", "ListCost", "ListUnitPrice",
    "PricingQuantity", "PricingUnit", "ProviderName", "RegionId", "ResourceId", "Id", "ServiceName", "SkuId",
    "SkuPriceId", "SubAccountId", "SubAccountName", "Tags",
)  # fmt: skip
PLAIN = {
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2026-10-01 00:00:00",
    "BillingPeriodEnd": "2026-11-01 00:00:00",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2026-10-05 14:00:00",
    "ListUnitPrice": "0.10",
    "PricingQuantity": "1.00000000000",
    "ProviderName": "AWS",
    "ResourceId": "arn:aws:one",
    "Id": "1",
    "ServiceName": "Compute",
    "SkuPriceId": "SKU1",
    "SubAccountId": "1001",
    "SubAccountName": "Acme",
    "Tags": '{"application": "Core, Edge", "environment": "dev"}',
}


def row(**changes: Any) -> dict[str, Any]:
    """Return one row; what is not named is the literal NULL."""
    return {**dict.fromkeys(COLUMNS, "NULL"), **PLAIN, **changes}


def focus_file(*rows: dict[str, Any]) -> str:
    """Return the text of a file with these rows."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
