"""A provider's connection to a gateway, as its customers may know it; secrets stand apart."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import ConnectionState


def new_connection_id() -> str:
    """Return a public id of a connection."""
    return new_public_id("gwc")


class Connection(models.Model):
    """One account at one gateway; test money and live money are two connections.

    Attributes:
        gateway: the code of a GatewayKind.
        label: what customers read.
        position: its place among the ways to pay, smallest first.
        is_live: real money moves; never changes.
        account_id: the gateway's account; credentials of another one are refused.
        state_note: why it is broken, in the gateway's words.
    """

    provider_id = models.BigIntegerField()
    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_connection_id)
    gateway = models.CharField(max_length=32)
    label = models.CharField(max_length=64)
    position = models.PositiveSmallIntegerField(default=0)
    is_live = models.BooleanField()
    account_id = models.CharField(max_length=128)
    state = models.CharField(max_length=16, choices=ConnectionState, default=ConnectionState.OK)
    state_note = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()
    state_at = models.DateTimeField()
    # Catch-up: events of the gateway up to here were listed; written by the job.
    listed_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_connection_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "gateway", "account_id", "is_live"],
                name="payments_connection_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ConnectionState.values), name="payments_connection_state"
            ),
            models.CheckConstraint(
                condition=~Q(label="") & ~Q(account_id="") & Q(gateway__regex=r"^[a-z][a-z0-9_]*$"),
                name="payments_connection_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.public_id}"
