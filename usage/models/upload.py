"""Files of usage that a provider's people uploaded, how far each was read, and which of its rows were not accepted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usage.enums import UploadFailure, UploadFormat, UploadState
from usage.intake.verdicts import Verdict

OPEN = (UploadState.WAITING, UploadState.READING)


class UsageUpload(models.Model):
    """One uploaded file.

    Attributes:
        name: as the sender's machine called it; shown, never opened.
        digest: SHA-256 of the content, in hexadecimal digits.
        stored_name: in the storage of uploads; empty once the file was removed.
        columns: the order of columns by hand, for call records; empty for their own.
        source: the code of the event source, for call records; empty for the others, whose rows name theirs.
        attempt: counts how often this content was given to be read; the key makes two at once one.
        failure: why it could not be read; failure_detail: the column, row or size that it is about.
        rows_read: rows that have a verdict, in the transaction that counted them; the others add up to it.
        ignored: rows that are no usage, such as calls that nobody answered.
        position: bytes read so far, for the bar.
        fence: higher with each worker that took it over; a worker with a lower one writes nothing.
        lease_until: until when its worker is taken to be alive.
        stalls: workers that took it since rows were counted last.
    """

    provider_id = models.BigIntegerField()
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    size = models.BigIntegerField()
    stored_name = models.CharField(max_length=200, blank=True)
    format = models.CharField(max_length=16, choices=UploadFormat.choices)
    columns = models.CharField(max_length=1000, default="", blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    uploaded_by_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=UploadState.choices, default=UploadState.WAITING
    )
    failure = models.CharField(max_length=32, choices=UploadFailure.choices, default="", blank=True)
    failure_detail = models.CharField(max_length=500, default="", blank=True)
    rows_read = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)
    ignored = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    fence = models.IntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    stalls = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_upload"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "digest", "attempt"], name="usage_upload_content"
            ),
            models.CheckConstraint(
                condition=Q(format__in=UploadFormat.values), name="usage_upload_format"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | Q(
                    state__in=(UploadState.DONE, UploadState.FAILED, UploadState.CANCELLED),
                    finished_at__isnull=False,
                ),
                name="usage_upload_state",
            ),
            models.CheckConstraint(
                condition=Q(state=UploadState.FAILED, failure__in=UploadFailure.values)
                | (~Q(state=UploadState.FAILED) & Q(failure="")),
                name="usage_upload_failure",
            ),
            models.CheckConstraint(
                condition=Q(
                    rows_read=F("accepted")
                    + F("duplicates")
                    + F("conflicts")
                    + F("rejected")
                    + F("parked")
                    + F("ignored")
                ),
                name="usage_upload_rows",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id"], condition=Q(state__in=OPEN), name="usage_upload_open"
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.name}"


class UploadRow(models.Model):
    """A row of an upload that was not accepted.

    Attributes:
        number: the line in the file, or the place in a JSON array; the first is 1.
        event_id: as far as it could be read.
        reason: of Reason; empty for a duplicate.
    """

    provider_id = models.BigIntegerField()
    upload = models.ForeignKey(
        UsageUpload,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    number = models.BigIntegerField()
    event_id = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=16)
    reason = models.CharField(max_length=32, blank=True)

    class Meta:
        db_table = "usage_upload_row"
        constraints = [
            # The key of the row as well, so that no row is noted twice.
            models.UniqueConstraint(
                fields=["provider_id", "upload", "number"], name="usage_upload_row_number"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=[each.value for each in Verdict if each != "accepted"]),
                name="usage_upload_row_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"row {self.number}"
