"""The file of a document: made once, the same bytes for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from invoicing.enums import FileKind


class DocumentFile(models.Model):
    """A file that was made of an issued document; the row never changes.

    Attributes:
        stored_name: where the storage keeps it.
        sha256: of its content, in hexadecimal; checked whenever it is read.
        size: bytes.
        created_at: when it was made.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=FileKind)
    stored_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "invoicing_file"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id", "kind"], name="invoicing_file_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FileKind.values, sha256__regex=r"^[0-9a-f]{64}$", size__gt=0)
                & ~Q(stored_name=""),
                name="invoicing_file_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of document {self.document_id}"
