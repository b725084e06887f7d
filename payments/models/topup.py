"""A top-up: what somebody agreed to buy and to pay, with its tax and promotion as they were at that moment."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import TaxPoint, TopupState


def new_topup_id() -> str:
    """Return a public id of a top-up."""
    return new_public_id("top")


class Topup(models.Model):
    """The terms of one top-up, frozen when it is opened; only what came in for it moves.

    Attributes:
        amount_minor: the credit that is bought; with prices that include tax, before its tax is taken out.
        discount_minor: of the promotion, given as credit when the whole total has come.
        bonus_minor: of the promotion, given as a grant then.
        tax_minor: contained in the total.
        total_minor: what is paid.
        tax_point, includes_tax: the provider's settings of that moment.
        code: of the promotion, as it was typed, or "".
        taxes: `FrozenTax` as JSON, empty when the top-up is not taxed.
        request_key: of the form or job that asked, so that it asks once.
        attempt_id: the payment through a gateway; None for a bank transfer.
        opened_by: number of the user, None for a job.
        received_minor: what came in for it so far.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_topup_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()

    # What was agreed: never changes.
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="Minor units of `currency`.")
    discount_minor = models.BigIntegerField(default=0)
    bonus_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    tax_point = models.CharField(max_length=16, choices=TaxPoint)
    includes_tax = models.BooleanField(default=False)
    code = models.CharField(max_length=64, blank=True, default="")
    taxes = models.JSONField(default=dict)
    request_key = models.CharField(max_length=100)
    opened_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    # What came of it: written by the settlement.
    attempt_id = models.BigIntegerField(null=True)
    received_minor = models.BigIntegerField(default=0)
    state = models.CharField(max_length=16, choices=TopupState, default=TopupState.OPEN)
    state_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_topup_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "request_key"], name="payments_topup_request"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "attempt_id"],
                condition=Q(attempt_id__isnull=False),
                name="payments_topup_attempt",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, total_minor__gt=0, currency__regex=r"^[A-Z]{3}$")
                & Q(discount_minor__gte=0, bonus_minor__gte=0, received_minor__gte=0)
                & Q(tax_minor__gte=0, tax_minor__lt=F("total_minor")),
                name="payments_topup_amounts",
            ),
            models.CheckConstraint(
                condition=Q(includes_tax=True, total_minor=F("amount_minor") - F("discount_minor"))
                | Q(
                    includes_tax=False,
                    total_minor=F("amount_minor") - F("discount_minor") + F("tax_minor"),
                ),
                name="payments_topup_total",
            ),
            models.CheckConstraint(
                condition=Q(state__in=TopupState.values, tax_point__in=TaxPoint.values)
                & (Q(tax_point=TaxPoint.TOP_UP) | Q(tax_minor=0, taxes={})),
                name="payments_topup_words",
            ),
            models.CheckConstraint(
                condition=~Q(code="") | Q(discount_minor=0, bonus_minor=0),
                name="payments_topup_promised",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="payments_topup_of_tenant"
            ),
        ]

    def __str__(self) -> str:
        return f"top-up {self.public_id}, {self.state}"
