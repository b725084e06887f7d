"""How a provider's telephone systems read, and which of their files were read how far. Written by the call services."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

KINDS = ("account", "number", "trunk")


class CallMapping(models.Model):
    """The mapping of one PBX.

    Attributes:
        source: the code of the event source that its calls come from.
        time_zone: of the times in its files, an IANA name.
        rules: list of `{"direction", "context", "channel", "dstchannel", "dst"}`; the first that meets a call counts.
    """

    provider_id = models.BigIntegerField()
    source = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64)
    rules = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "usage_call_mapping"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "source"], name="usage_call_mapping_source"
            )
        ]

    def __str__(self) -> str:
        return f"call mapping of {self.source}"


class CallLine(models.Model):
    """Whose calls an account code, a number or a trunk of a PBX means.

    Attributes:
        value: as `usage.importers.asterisk_mapping.line_key` writes it.
        tenant_external_id: the tenant, which need not exist yet.
    """

    provider_id = models.BigIntegerField()
    mapping = models.ForeignKey(
        CallMapping,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=200)
    tenant_external_id = models.CharField(max_length=200)

    class Meta:
        db_table = "usage_call_line"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "mapping", "kind", "value"], name="usage_call_line_value"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="usage_call_line_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.value}"


class CallFolder(models.Model):
    """A folder of this machine that a PBX writes its files to; operators name it, providers cannot.

    Attributes:
        pattern: which files, `Master.csv*` for cdr_csv and its rotated files.
        columns: the order of columns by hand; empty for that of cdr_csv.
        source: the code of the event source.
    """

    provider_id = models.BigIntegerField()
    path = models.CharField(max_length=1000)
    pattern = models.CharField(max_length=200)
    columns = models.CharField(max_length=1000, default="", blank=True)
    source = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "usage_call_folder"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "path", "pattern"], name="usage_call_folder_path"
            )
        ]

    def __str__(self) -> str:
        return f"folder {self.path}"


class CallFile(models.Model):
    """How far one file was read. A file is known by its first call, so that it may be renamed, copied and packed.

    Attributes:
        head: hash of the first call's line.
        name: under which it was seen last.
        position: bytes read, of the unpacked content; always behind a whole line.
        accepted, duplicates, conflicts, rejected, parked: what became of its calls.
    """

    provider_id = models.BigIntegerField()
    folder = models.ForeignKey(
        CallFolder,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    head = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    position = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    parked = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_call_file"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "folder", "head"], name="usage_call_file_head"
            ),
            models.CheckConstraint(condition=Q(position__gte=0), name="usage_call_file_position"),
        ]

    def __str__(self) -> str:
        return f"file {self.name}"
