"""A wallet: a tenant's prepaid credit in one currency, its suspension rule in the same row, and its history."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.enums import ChangeCause, WarningBasis
from accounts.models.account import BALANCE_MINOR_MAX


class Wallet(models.Model):
    """Balance, limit, switch and state of one wallet: one row, so that one UPDATE decides.

    No index may hold a column that the hourly run writes, else its updates are no longer in place (HOT).
    """

    id = models.BigIntegerField(primary_key=True)  # the ledger account's id
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    # Minor units; written by the posting services, together with the entry.
    balance = models.BigIntegerField(db_default=0)
    # Minor units; the sum of the wallet's reservations, written by the reservations service.
    reserved = models.BigIntegerField(db_default=0)
    # The running billing period and what is posted in it so far (minor units, + is charged); by dues and periods.
    period_id = models.BigIntegerField()
    period_posted = models.BigIntegerField(db_default=0)
    # True: dues of the running period are posted here; False: they only accrue (postpaid, trial).
    is_charged = models.BooleanField(db_default=True)
    # True once a grant was given: postings then also run the waterfall of grants.
    has_grants = models.BooleanField(db_default=False)
    # The suspension rule: switch, limit in minor units, time between fall and suspension.
    # With a rule of its own it no longer follows the provider's settings and the tenant's credit limit.
    suspend_on = models.BooleanField(db_default=False)
    suspend_limit = models.BigIntegerField(db_default=0)
    grace = models.DurationField()
    has_own_rule = models.BooleanField(db_default=False)
    # Its state: since when at or below the limit, since when suspended; `state_at` and `state_version` count the
    # flips, `state_mark` names the statement that changed the state last.
    below_since = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    state_at = models.DateTimeField(null=True)
    state_version = models.BigIntegerField(db_default=0)
    state_mark = models.BigIntegerField(db_default=0)
    # The highest warning level still to be sent, and the lowest one already sent (minor units of available credit).
    warn_at = models.BigIntegerField(null=True)
    rearm_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "currency"], name="accounts_wallet_natural"
            ),
            models.CheckConstraint(
                condition=Q(suspended_at__isnull=True) | Q(below_since__isnull=False),
                name="accounts_wallet_suspended_below",
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="accounts_wallet_reserved"),
            models.CheckConstraint(
                condition=Q(balance__range=(-BALANCE_MINOR_MAX, BALANCE_MINOR_MAX)),
                name="accounts_wallet_range",
            ),
            models.CheckConstraint(
                condition=Q(is_charged=True) | Q(period_posted=0), name="accounts_wallet_accrues"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id"],
                condition=Q(suspend_on=True, suspended_at__isnull=True, below_since__isnull=False),
                name="accounts_wallet_watched",
            ),
        ]

    def __str__(self) -> str:
        return f"wallet {self.pk} ({self.currency} of tenant {self.tenant_id})"


class WalletChange(models.Model):
    """A wallet's rule and state after a change of either; append-only, the newest row equals the wallet."""

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    at = models.DateTimeField()
    cause = models.CharField(max_length=16, choices=ChangeCause)
    available = models.BigIntegerField()
    is_charged = models.BooleanField()
    suspend_on = models.BooleanField()
    suspend_limit = models.BigIntegerField()
    grace = models.DurationField()
    has_own_rule = models.BooleanField(db_default=False)
    below_since = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    state_at = models.DateTimeField(null=True)
    state_version = models.BigIntegerField()
    state_mark = models.BigIntegerField()

    class Meta:
        db_table = "accounts_wallet_change"
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=ChangeCause.values), name="accounts_wallet_change_cause"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "wallet_id", "id"], name="accounts_wallet_change_walk"
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of wallet {self.wallet_id}"


class Reservation(models.Model):
    """A part of a wallet's balance that is spoken for; the wallet's `reserved` is the sum of its rows.

    Attributes:
        key: what it is held for, unique in the wallet (`<source>:<id>`), chosen by the part that reserves.
        amount: minor units; 0 once released.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    amount = models.BigIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "wallet_id", "key"], name="accounts_reservation_key"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="accounts_reservation_amount"),
        ]

    def __str__(self) -> str:
        return f"reservation {self.key} on wallet {self.wallet_id}"


class WarningLevel(models.Model):
    """A low-balance level of a wallet; sent once per fall, armed again when the credit rises above it.

    Attributes:
        basis: whether `level` is an amount in minor units or hours left.
        threshold: the available credit in minor units at or below which it is due; NULL while the burn rate is unknown.
        sent_at: when it was sent for the present fall, NULL while armed.
        falls: how often it was sent.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    basis = models.CharField(max_length=8, choices=WarningBasis)
    level = models.BigIntegerField()
    threshold = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)
    falls = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "accounts_warning_level"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "wallet_id", "basis", "level"],
                name="accounts_warning_level_natural",
            ),
            models.CheckConstraint(
                condition=Q(basis__in=WarningBasis.values), name="accounts_warning_level_basis"
            ),
        ]

    def __str__(self) -> str:
        return f"warning at {self.level} ({self.basis}) of wallet {self.wallet_id}"


class BurnRate(models.Model):
    """How fast a wallet is used up, written down by usage.

    Attributes:
        wallet_id: the wallet; also the key.
        minor_per_hour: exact minor units per hour, 0 or more.
    """

    wallet_id = models.BigIntegerField(primary_key=True)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    minor_per_hour = models.DecimalField(max_digits=38, decimal_places=12)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_burn_rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(minor_per_hour__gte=0), name="accounts_burn_rate_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"burn rate of wallet {self.wallet_id}"
