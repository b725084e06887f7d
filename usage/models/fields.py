"""The column type of exact figures: NUMERIC without a limit, so that nothing is ever rounded by being stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    DecimalColumn = models.Field[Any, Any]
else:
    DecimalColumn = models.Field


class ExactField(DecimalColumn):
    """An unlimited NUMERIC, read as `Decimal`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        return "numeric"
