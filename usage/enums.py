"""The closed lists of words of catalogue, metering and charging."""

from django.db.models import TextChoices


class Aggregation(TextChoices):
    """How the events of a meter become one quantity."""

    SUM = "sum", "Sum"
    COUNT = "count", "Count"
    MAX = "max", "Highest in the period"
    LATEST = "latest", "Last value"
    UNIQUE = "unique", "Unique identities"
    DURATION = "duration", "Duration in seconds"


ADDITIVE = (Aggregation.SUM, Aggregation.COUNT, Aggregation.DURATION)


class Identity(TextChoices):
    """How the identity of a unique meter is read from an event's subject."""

    RAW = "raw", "As it is"
    SIP = "sip", "SIP address: without scheme and port, domain in lower case"
    SIP_HOST = "sip_host", "Host of a SIP address"


class PriceKind(TextChoices):
    """What a price is for."""

    SETUP = "setup", "Setup fee, once"
    RECURRING = "recurring", "Recurring fee"
    LICENCE = "licence", "Licence per unit"
    USAGE = "usage", "Usage"


class PricingModel(TextChoices):
    """How a quantity becomes an amount."""

    PER_UNIT = "per_unit", "Per unit"
    GRADUATED = "graduated", "Graduated"
    VOLUME = "volume", "Volume"
    PACKAGE = "package", "Package"


class VersionState(TextChoices):
    """Where a plan version stands."""

    DRAFT = "draft", "Draft"
    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"


class FeeAnchor(TextChoices):
    """Where the intervals of a recurring fee begin."""

    PERIOD = "period", "With the billing period, the first one prorated by day"
    SUBSCRIPTION = "subscription", "With the subscription, never prorated at its start"


class FeeKind(TextChoices):
    """Why a fee row exists."""

    SETUP = "setup", "Setup"
    RECURRING = "recurring", "Recurring"
    LICENCE = "licence", "Licence"
    CREDIT = "credit", "Unused time"


class ParkedReason(TextChoices):
    """Why an event waits."""

    UNKNOWN_TENANT = "unknown_tenant", "Unknown tenant"
    CLOSED_TENANT = "closed_tenant", "Closed tenant"
    UNKNOWN_METER = "unknown_meter", "No meter matches"
    UNKNOWN_RESOURCE = "unknown_resource", "Unknown resource"
