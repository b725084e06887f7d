"""The closed lists of words of providers and tenants."""

from django.db.models import TextChoices


class TenantStatus(TextChoices):
    """Where a tenant stands; `suspended` follows from an open suspension."""

    TRIAL = "trial", "Trial"
    ACTIVE = "active", "Active"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


class TenantCategory(TextChoices):
    """What kind of customer a tenant is."""

    INDIVIDUAL = "individual", "Individual"
    ORGANISATION = "organisation", "Organisation"


class BillingPlan(TextChoices):
    """How a tenant pays."""

    PREPAID = "PREPAID", "Prepaid"
    POSTPAID = "POSTPAID", "Postpaid"
    FLEXIBLE = "FLEXIBLE", "Flexible"


class ContractType(TextChoices):
    """What a tenant is charged for."""

    PAYG = "PAYG", "Pay-As-You-Go"
    FIXED = "FIXED", "Flat Rate"


class ProviderRole(TextChoices):
    """What a member of a provider may do."""

    OWNER = "owner", "Owner"
    BILLING = "billing", "Billing"
    SUPPORT = "support", "Support"
    READ_ONLY = "read_only", "Read-only"


class TenantRole(TextChoices):
    """What a member of a tenant may do."""

    ADMIN = "admin", "Admin"
    USER = "user", "User"


class SuspensionReason(TextChoices):
    """Why a tenant is suspended."""

    EXHAUSTED = "exhausted", "Balance exhausted"
    OVERDUE = "overdue", "Invoice overdue"
    BY_HAND = "by_hand", "By hand"


class KeyScope(TextChoices):
    """What an API key may do."""

    USAGE_WRITE = "usage:write", "Send usage"
    ENTITLEMENT_READ = "entitlement:read", "Ask what a client may do"
