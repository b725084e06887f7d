"""Auto-recharge: a customer's rule per wallet, each recharge it made, and the circuit breaker of a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums import RechargeMode, RechargeState


def new_recharge_id() -> str:
    """Return a public id of a recharge."""
    return new_public_id("rec")


class RechargeRule(models.Model):
    """When a wallet is topped up by itself, and by how much; amounts in minor units of its currency.

    Attributes:
        wallet_id: the ledger's wallet.
        threshold_minor: of what is available; below it the wallet is topped up.
        mode: whether `amount_minor` is added, or is what shall be available afterwards.
        daily_cap_minor, monthly_cap_minor: at most so much is charged, tax included, in a day or month of the tenant's
            calendar; None for no cap.
        link_url: an address of ours where a recharge is paid by hand; its signed token is put for `{token}`,
            its public id for `{recharge}`.
        next_number: of the next recharge; only grows.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    is_on = models.BooleanField()
    threshold_minor = models.BigIntegerField()
    mode = models.CharField(max_length=8, choices=RechargeMode)
    amount_minor = models.BigIntegerField()
    daily_cap_minor = models.BigIntegerField(null=True)
    monthly_cap_minor = models.BigIntegerField(null=True)
    link_url = models.CharField(max_length=500)
    changed_at = models.DateTimeField()
    next_number = models.BigIntegerField(default=1)

    class Meta:
        db_table = "payments_recharge_rule"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "currency"], name="payments_recharge_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(mode__in=RechargeMode.values)
                & Q(threshold_minor__gt=0, amount_minor__gt=0, next_number__gte=1)
                & Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_recharge_rule_amounts",
            ),
            models.CheckConstraint(
                condition=~Q(mode=RechargeMode.TARGET) | Q(amount_minor__gt=F("threshold_minor")),
                name="payments_recharge_rule_target",
            ),
            models.CheckConstraint(
                condition=(Q(daily_cap_minor__isnull=True) | Q(daily_cap_minor__gt=0))
                & (Q(monthly_cap_minor__isnull=True) | Q(monthly_cap_minor__gt=0)),
                name="payments_recharge_rule_caps",
            ),
        ]
        indexes = [
            # The scan: wallets are looked up by their keys from here, so that no index holds a balance.
            models.Index(
                fields=["provider_id", "id"],
                condition=Q(is_on=True),
                name="payments_recharge_rule_on",
            )
        ]

    def __str__(self) -> str:
        return f"recharge rule of tenant {self.tenant_id} in {self.currency}"


class Recharge(models.Model):
    """One recharge of a rule, from its claim to its end; one is open at a time.

    Attributes:
        number: counts the recharges of a rule; its natural key.
        amount_minor: the credit that is bought, tax left out where it comes on top; fixed by the payment.
        method_mark: of the charged method, as `selectors.breakers.method_mark`.
        claimed_until: nobody else takes it up before.
        attempt_id: the payment, None until it was opened.
        decline: of DeclineClass, "" where nobody refused.
        code: why it did not work, the gateway's or our word, or "".
        link_attempt_id: the payment by hand that was opened last, by the link; None while nobody did.
        links: how often such a payment was opened.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_recharge_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    rule_id = models.BigIntegerField()
    number = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    method_mark = models.CharField(max_length=100)
    state = models.CharField(max_length=8, choices=RechargeState, default=RechargeState.CLAIMED)
    claimed_until = models.DateTimeField()
    created_at = models.DateTimeField()
    attempt_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decline = models.CharField(max_length=8, blank=True, default="")
    code = models.CharField(max_length=64, blank=True, default="")
    link_attempt_id = models.BigIntegerField(null=True)
    links = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "payments_recharge"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_recharge_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "rule_id", "number"], name="payments_recharge_natural"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "rule_id"],
                condition=~Q(state=RechargeState.DONE),
                name="payments_recharge_one_open",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "attempt_id"],
                condition=Q(attempt_id__isnull=False),
                name="payments_recharge_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state=RechargeState.CLAIMED, attempt_id__isnull=True)
                | Q(
                    state__in=[RechargeState.CHARGING, RechargeState.DONE], attempt_id__isnull=False
                ),
                name="payments_recharge_state",
            ),
            models.CheckConstraint(
                condition=Q(state=RechargeState.DONE, decided_at__isnull=False)
                | (~Q(state=RechargeState.DONE) & Q(decided_at__isnull=True)),
                name="payments_recharge_decided",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="payments_recharge_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="payments_recharge_of_tenant"
            ),
            models.Index(
                fields=["provider_id", "id"],
                condition=~Q(state=RechargeState.DONE),
                name="payments_recharge_open",
            ),
        ]

    def __str__(self) -> str:
        return f"recharge {self.public_id}, {self.state}"


class Breaker(models.Model):
    """What the declines of a tenant's method have led to: whoever charges without asking looks here first.

    Attributes:
        declines: in a row, since it was armed.
        decline: of DeclineClass, of the last one.
        code: the gateway's or the bank's word of the last one.
        method_mark: of the method that was declined.
        declined_at: when the last one was.
        retry_at: when it is tried again; None when it waits for the customer, or is armed.
        paused_at: since when it waits for the customer, or None.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    declines = models.PositiveIntegerField(default=0)
    decline = models.CharField(max_length=8, blank=True, default="")
    code = models.CharField(max_length=64, blank=True, default="")
    method_mark = models.CharField(max_length=100, blank=True, default="")
    declined_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_breaker"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id"], name="payments_breaker_tenant"
            ),
            models.CheckConstraint(
                condition=Q(retry_at__isnull=True) | Q(paused_at__isnull=True),
                name="payments_breaker_waits_for_one",
            ),
            models.CheckConstraint(
                condition=Q(declined_at__isnull=True, retry_at__isnull=True, paused_at__isnull=True)
                | Q(declined_at__isnull=False),
                name="payments_breaker_declined",
            ),
        ]

    def __str__(self) -> str:
        return f"breaker of tenant {self.tenant_id}"
