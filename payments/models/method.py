"""Saved payment methods of a tenant, and the gateway's pages on which they are saved."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import MethodState, SetupState


def new_setup_id() -> str:
    """Return a public id of a setup; the gateway carries it as its reference."""
    return new_public_id("set")


def new_method_id() -> str:
    """Return a public id of a saved method."""
    return new_public_id("met")


class MethodSetup(models.Model):
    """A page of a gateway on which a customer saves a method, from its intent to what it saved.

    Attributes:
        key: the gateway's idempotency key; one setup is one page.
        request_key: of the form that asked, so that it asks once.
        page_brand, page_language: how the page looks, every time that it is asked for.
        checkout_id: the gateway's id of the page, "" until it is known.
        failure_code: why the last try on it saved nothing, or "".
        done_at: when it saved a method or closed without one.
        next_poll_at: when the gateway is asked again; None when nothing is awaited.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_setup_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    return_url = models.CharField(max_length=500)
    # Empty where the version before opened it.
    page_brand = models.CharField(max_length=200, blank=True, default="", db_default="")
    page_language = models.CharField(max_length=8, blank=True, default="", db_default="")
    key = models.CharField(max_length=64)
    request_key = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=SetupState, default=SetupState.OPEN)
    checkout_id = models.CharField(max_length=128, blank=True, default="")
    checkout_url = models.TextField(blank=True, default="")
    created_at = models.DateTimeField()
    failure_code = models.CharField(max_length=64, blank=True, default="")
    done_at = models.DateTimeField(null=True)
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "payments_method_setup"
        indexes = [
            models.Index(
                fields=["provider_id", "next_poll_at"],
                condition=Q(next_poll_at__isnull=False),
                name="payments_method_setup_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_method_setup_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "key"], name="payments_method_setup_key"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "request_key"],
                name="payments_method_setup_request",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "checkout_id"],
                condition=~Q(checkout_id=""),
                name="payments_method_setup_page",
            ),
            models.CheckConstraint(
                condition=Q(state=SetupState.OPEN, done_at__isnull=True)
                | Q(state__in=[SetupState.DONE, SetupState.CLOSED], done_at__isnull=False),
                name="payments_method_setup_state",
            ),
            models.CheckConstraint(
                condition=Q(state=SetupState.OPEN) | Q(next_poll_at__isnull=True),
                name="payments_method_setup_awaited",
            ),
        ]

    def __str__(self) -> str:
        return f"setup {self.public_id}, {self.state}"


class Method(models.Model):
    """A method that a gateway keeps of a tenant: what may be shown of it, and nothing that could pay elsewhere.

    Attributes:
        method_id: the gateway's id.
        customer_id: the gateway's id of whose it is.
        payer: the e-mail address of an agreement's payer, or "".
        number: what the payer knows an agreement by, or "".
        is_default: the one of the tenant that later charges take.
        frozen_at: since when it is not charged, because a payment by it is disputed; None when it may be.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_method_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    method_id = models.CharField(max_length=128)
    customer_id = models.CharField(max_length=128)
    kind = models.CharField(max_length=16)
    brand = models.CharField(max_length=32, blank=True, default="")
    last4 = models.CharField(max_length=4, blank=True, default="")
    expires_year = models.PositiveSmallIntegerField(null=True)
    expires_month = models.PositiveSmallIntegerField(null=True)
    holder = models.CharField(max_length=200, blank=True, default="")
    bank_name = models.CharField(max_length=200, blank=True, default="")
    payer = models.CharField(max_length=254, blank=True, default="")
    number = models.CharField(max_length=128, blank=True, default="")
    is_default = models.BooleanField(default=False)
    frozen_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=16, choices=MethodState, default=MethodState.ACTIVE)
    created_at = models.DateTimeField()
    state_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_method_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "method_id"], name="payments_method_once"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id"],
                condition=Q(is_default=True),
                name="payments_method_default",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(state=MethodState.ACTIVE, frozen_at__isnull=True),
                name="payments_method_default_active",
            ),
            models.CheckConstraint(
                condition=Q(state__in=MethodState.values) & ~Q(method_id=""),
                name="payments_method_state",
            ),
            models.CheckConstraint(
                condition=Q(expires_year__isnull=True, expires_month__isnull=True)
                | Q(expires_year__isnull=False, expires_month__range=(1, 12)),
                name="payments_method_expiry",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id"], name="payments_method_of_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"method {self.public_id}, {self.state}"
