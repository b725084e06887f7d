"""The closed lists of words of providers and tenants."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TenantStatus(TextChoices):
    """Where a tenant stands; `suspended` follows from an open suspension."""

    TRIAL = "trial", _("Trial")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    CLOSED = "closed", _("Closed")


class TenantCategory(TextChoices):
    """What kind of customer a tenant is."""

    INDIVIDUAL = "individual", _("Individual")
    ORGANISATION = "organisation", _("Organisation")


class BillingPlan(TextChoices):
    """How a tenant pays."""

    PREPAID = "PREPAID", _("Prepaid")
    POSTPAID = "POSTPAID", _("Postpaid")
    FLEXIBLE = "FLEXIBLE", _("Flexible")


class ContractType(TextChoices):
    """What a tenant is charged for."""

    PAYG = "PAYG", "Pay-As-You-Go"
    FIXED = "FIXED", _("Flat Rate")


class ProviderRole(TextChoices):
    """What a member of a provider may do."""

    OWNER = "owner", _("Owner")
    BILLING = "billing", _("Billing")
    SUPPORT = "support", _("Support")
    READ_ONLY = "read_only", _("Read-only")


class TenantRole(TextChoices):
    """What a member of a tenant may do."""

    ADMIN = "admin", _("Admin")
    USER = "user", _("User")


class HostOutcome(TextChoices):
    """What DNS said of a host name that waits to be proved."""

    MISSING = "missing", _("There is no such record yet")
    OTHER = "other", _("The record says something else")
    NO_ANSWER = "no_answer", _("The name's DNS servers do not answer")
    TAKEN = "taken", _("This name shows another brand already")


class SuspensionReason(TextChoices):
    """Why a tenant is suspended."""

    EXHAUSTED = "exhausted", _("Balance exhausted")
    OVERDUE = "overdue", _("Invoice overdue")
    BY_HAND = "by_hand", _("By hand")


class ExportState(TextChoices):
    """How far the file of a long list is."""

    WAITING = "waiting", _("Waiting")
    WRITING = "writing", _("Is being written")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ExportFailure(TextChoices):
    """Why the file of a long list was not written."""

    FORBIDDEN = "forbidden", _("You may not see this list any more")
    GONE = "gone", _("What the list is about is not there any more")
    STALLED = "stalled", _("The writing broke off several times in a row")


class KeyScope(TextChoices):
    """What an API key may do."""

    USAGE_WRITE = "usage:write", _("Send usage")
    ENTITLEMENT_READ = "entitlement:read", _("Ask what a client may do")
