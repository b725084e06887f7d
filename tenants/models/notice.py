"""What a person was told by mail, kept for the list of notifications in the portal that it belongs to."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.models.provider import Provider
from tenants.models.user import User


class Notice(models.Model):
    """One thing that a person was told. Inserted with its mail; only `read_at` changes.

    Attributes:
        tenant_id: in whose portal it stands; 0 for the provider's own.
        user: who was told; nobody else sees it.
        about: the mail's kind, which says where it leads, for instance `suspended`.
        thing: the public id of what it is about; empty where there is none.
        subject: what happened, in the reader's language.
        key: the mail's key, so that a mail is told of once.
        read_at: when the person saw to it; null while it is new.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant_id = models.BigIntegerField(default=0)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    about = models.CharField(max_length=64)
    thing = models.CharField(max_length=64, blank=True, default="")
    subject = models.CharField(max_length=500)
    key = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tenants_notice"
        constraints = [
            models.UniqueConstraint(fields=["provider", "key"], name="tenants_notice_key"),
            models.CheckConstraint(
                condition=~Q(about="") & ~Q(subject="") & ~Q(key=""), name="tenants_notice_filled"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider", "tenant_id", "user", "-id"], name="tenants_notice_own"
            ),
            models.Index(
                fields=["provider", "tenant_id", "user"],
                condition=Q(read_at__isnull=True),
                name="tenants_notice_new",
            ),
            models.Index(fields=["provider", "created_at"], name="tenants_notice_made"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} for user {self.user_id}"
