"""Where a provider is registered for tax."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from tax.enums import RegistrationKind


def new_registration_id() -> str:
    """Return a public id of a registration."""
    return new_public_id("reg")


class Registration(models.Model):
    """A registration for a stretch of days; without any, nothing is taxed.

    Attributes:
        region: India's state as two digits, or a state of the USA as two letters.
        number: compact.
        lut: India's letter of undertaking for exports, or "".
        is_home: where the provider is established; one on any day.
        valid: days, half-open.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_registration_id)
    provider_id = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=RegistrationKind)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=10, blank=True, default="")
    number = models.CharField(max_length=40)
    lut = models.CharField(max_length=40, blank=True, default="")
    is_home = models.BooleanField(default=False)
    valid = DateRangeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="tax_registration_public_id"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=RegistrationKind.values, country__regex=r"^[A-Z]{2}$"),
                name="tax_registration_words",
            ),
            models.CheckConstraint(
                condition=(
                    Q(kind=RegistrationKind.GST, country="IN", region__regex=r"^[0-9]{2}$")
                    | Q(kind=RegistrationKind.SALES, country="US", region__regex=r"^[A-Z]{2}$")
                    | Q(kind=RegistrationKind.UK, country="GB", region="")
                    | Q(kind__in=[RegistrationKind.VAT, RegistrationKind.OSS], region="")
                ),
                name="tax_registration_place",
            ),
            models.CheckConstraint(
                condition=~Q(kind=RegistrationKind.OSS, is_home=True),
                name="tax_registration_home",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.country}{self.region} {self.number}"
