"""Files of long lists that people asked for, how far each is written, and until when it is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.enums import ExportFailure, ExportState
from tenants.models.provider import Provider
from tenants.models.user import User

OPEN = (ExportState.WAITING, ExportState.WRITING)


class ListExport(models.Model):
    """A list as a file, written by a worker for the person who asked for it.

    Attributes:
        tenant_id: in whose portal it was asked for; 0 for the provider's own.
        user: who asked, and may have the file.
        path, query: the list's address, as it was asked for.
        digest: of both, so that one list is written once at a time for a person.
        name: of the file, with its ending.
        language: in which its words and the mail are written.
        page_url: where the mail leads to.
        stored_name: in the storage; empty before it is written and once it was removed.
        rows: how many are written.
        fence: higher with each worker that took it over; a worker with a lower one writes nothing.
        lease_until: until when its worker is taken to be alive.
        stalls: workers that took it and did not bring it to its end.
        expires_at: when the file is removed; null while there is none.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant_id = models.BigIntegerField(default=0)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=8)
    page_url = models.CharField(max_length=500)
    asked_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=ExportState.choices, default=ExportState.WAITING
    )
    failure = models.CharField(max_length=16, choices=ExportFailure.choices, default="", blank=True)
    stored_name = models.CharField(max_length=200, default="", blank=True)
    size = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    fence = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    stalls = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tenants_list_export"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "tenant_id", "user", "digest"],
                condition=Q(state__in=OPEN),
                name="tenants_list_export_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | Q(
                    state__in=(ExportState.DONE, ExportState.FAILED),
                    finished_at__isnull=False,
                ),
                name="tenants_list_export_state",
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.DONE, expires_at__isnull=False, failure="")
                | Q(state=ExportState.FAILED, failure__in=ExportFailure.values, stored_name="")
                | Q(state__in=OPEN, failure="", stored_name=""),
                name="tenants_list_export_outcome",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider", "tenant_id", "user", "-id"], name="tenants_list_export_own"
            ),
            models.Index(
                fields=["provider"], condition=Q(state__in=OPEN), name="tenants_list_export_open"
            ),
            models.Index(fields=["provider", "finished_at"], name="tenants_list_export_ended"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} of {self.path}"
