"""Exemptions that customers ask for, with their certificates; they hold once the provider has accepted them."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from tax.enums import ExemptionState


def new_exemption_id() -> str:
    """Return a public id of an exemption."""
    return new_public_id("exm")


class Exemption(models.Model):
    """An exemption in a country, or in one state of it.

    Attributes:
        certificate: its number, or what it is called.
        file_name: as the customer called the file; shown, never used.
        stored_name: where the file is kept.
        digest: SHA-256 of its content.
        valid: days, half-open.
        note: the provider's words to the customer.
        decided_by: number of the user.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_exemption_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10, blank=True, default="")
    certificate = models.CharField(max_length=100)
    file_name = models.CharField(max_length=200)
    stored_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    valid = DateRangeField()
    state = models.CharField(max_length=16, choices=ExemptionState, default=ExemptionState.ASKED)
    note = models.CharField(max_length=300, blank=True, default="")
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="tax_exemption_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "country", "region", "digest"],
                condition=Q(state__in=[ExemptionState.ASKED, ExemptionState.ACCEPTED]),
                name="tax_exemption_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    country__regex=r"^[A-Z]{2}$",
                    region__regex=r"^[A-Z0-9]{0,10}$",
                    state__in=ExemptionState.values,
                )
                & ~Q(certificate=""),
                name="tax_exemption_words",
            ),
            models.CheckConstraint(
                condition=Q(state=ExemptionState.ASKED, decided_at__isnull=True)
                | Q(~Q(state=ExemptionState.ASKED), decided_at__isnull=False),
                name="tax_exemption_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "tenant_id"], name="tax_exemption_of_tenant")
        ]

    def __str__(self) -> str:
        return f"exemption {self.certificate}, {self.state}"
