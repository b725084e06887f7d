"""What operators see of jobs and messages; a message's content stays hidden, it may hold a reset link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from billing_platform.kernel.models import Counter, JobRun, OutboxMessage
from billing_platform.kernel.read_only_admin import ReadOnlyAdmin, register_read_only

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

register_read_only((Counter, JobRun))


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """The fate of messages: sent, waiting, given up."""

    list_display = ("id", "provider_id", "topic", "created_at", "attempts", "sent_at", "dead_at")
    fields = (
        "provider_id",
        "tenant_id",
        "topic",
        "dedupe_key",
        "created_at",
        "available_at",
        "attempts",
        "last_error",
        "sent_at",
        "dead_at",
    )
    list_filter = ("topic",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxMessage]:
        """Return the rows without their payload, which this role may not read."""
        return super().get_queryset(request).defer("payload")
