"""The words by which tenants are found, written by triggers whenever what they come from changes."""

from __future__ import annotations

from django.db import models


class TenantToken(models.Model):
    """One word of a tenant: of its name, external id, legal name, or of a member's e-mail address.

    Attributes:
        token: folded (no case, no accents); it goes on to the end of what stood together, so that `acme.com` and
            `bob@acme.com` are found by how they begin. Compared byte by byte, since only ranges of text are conditions
            of an index under row-level security.
    """

    pk = models.CompositePrimaryKey("provider_id", "token", "tenant_id")
    provider_id = models.BigIntegerField()
    token = models.CharField(max_length=64, db_collation="C")
    tenant_id = models.BigIntegerField()

    class Meta:
        db_table = "tenants_tenant_token"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "token"], name="tenants_token_of_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.token} finds tenant {self.tenant_id}"
