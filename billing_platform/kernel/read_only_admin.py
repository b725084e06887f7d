"""The admin of tables that operators read and nobody edits by hand: the ledger, usage, jobs, histories."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from billing_platform.kernel.caps import COUNT_CAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model
    from django.http import HttpRequest


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic for type checkers only
    """Count only so far: nobody turns to page one hundred, and a million rows need not be counted for each page."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most `COUNT_CAP`."""
        rows: Any = self.object_list
        return (
            len(rows[:COUNT_CAP]) if isinstance(rows, list) else rows.order_by()[:COUNT_CAP].count()
        )


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for type checkers only
    """Show rows; add, change and delete nothing. The database role may not either."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_select_related = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False."""
        return False


def register_read_only(models: Sequence[type[Model]]) -> None:
    """Show tables to the operators, newest rows first, with the columns that the tables have.

    Args:
        models: tables with a key of one column.
    """
    for model in models:
        names = [field.name for field in model._meta.concrete_fields]
        options = {
            "list_display": names[:10],
            "ordering": (f"-{model._meta.pk.name}",),
            "raw_id_fields": [],
        }
        admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), options))
