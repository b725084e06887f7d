"""What is known of a customer's place for tax, beside the company data that `tenants` keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tax.enums import ProofKind


class TaxProfile(models.Model):
    """The parts of a customer's address that decide its tax; name, street and country stand in `tenants`.

    Attributes:
        region: India's state as two digits, a state of the USA as two letters, or as the customer writes it.
        delivery: lines of the address of delivery where it is another one than the customer's.
        delivery_region: its state, as `region`.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    city = models.CharField(max_length=100, blank=True, default="")
    postcode = models.CharField(max_length=16, blank=True, default="")
    region = models.CharField(max_length=40, blank=True, default="")
    delivery = models.CharField(max_length=500, blank=True, db_default="", default="")
    delivery_region = models.CharField(max_length=40, blank=True, db_default="", default="")
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "tax_profile"
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "tenant_id"], name="tax_profile_one")
        ]

    def __str__(self) -> str:
        return f"tax profile of tenant {self.tenant_id}"


class LocationProof(models.Model):
    """A proof of where a consumer is, kept as it was recorded.

    Attributes:
        detail: what it rests on, in words without secrets: `IBAN DE…`, an address.
        recorded_by: number of the user, None for the system.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=ProofKind)
    country = models.CharField(max_length=2)
    detail = models.CharField(max_length=200)
    recorded_at = models.DateTimeField()
    recorded_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "tax_location_proof"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "kind", "country", "detail"],
                name="tax_location_proof_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProofKind.values, country__regex=r"^[A-Z]{2}$"),
                name="tax_location_proof_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.country}"
