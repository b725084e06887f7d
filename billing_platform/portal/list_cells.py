"""What a cell of a list's file may hold; how it is written is the file's business."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

# Amounts and quantities are decimals in major units, moments bear their zone; nothing is an empty cell.
Cell = str | int | Decimal | date | datetime | None
