"""The closed lists of words of catalogue, metering and charging."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Aggregation(TextChoices):
    """How the events of a meter become one quantity."""

    SUM = "sum", _("Sum")
    COUNT = "count", _("Count")
    MAX = "max", _("Highest in the period")
    LATEST = "latest", _("Last value")
    UNIQUE = "unique", _("Unique identities")
    DURATION = "duration", _("Duration in seconds")


ADDITIVE = (Aggregation.SUM, Aggregation.COUNT, Aggregation.DURATION)


class Identity(TextChoices):
    """How the identity of a unique meter is read from an event's subject."""

    RAW = "raw", _("As it is")
    SIP = "sip", _("SIP address: without scheme and port, domain in lower case")
    SIP_HOST = "sip_host", _("Host of a SIP address")


class PriceKind(TextChoices):
    """What a price is for."""

    SETUP = "setup", _("Setup fee, once")
    RECURRING = "recurring", _("Recurring fee")
    LICENCE = "licence", _("Licence per unit")
    USAGE = "usage", _("Usage")


class PricingModel(TextChoices):
    """How a quantity becomes an amount."""

    PER_UNIT = "per_unit", _("Per unit")
    GRADUATED = "graduated", _("Graduated")
    VOLUME = "volume", _("Volume")
    PACKAGE = "package", _("Package")


class VersionState(TextChoices):
    """Where a plan version stands."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class FeeAnchor(TextChoices):
    """Where the intervals of a recurring fee begin."""

    PERIOD = "period", _("With the billing period, the first one prorated by day")
    SUBSCRIPTION = "subscription", _("With the subscription, never prorated at its start")


class FeeKind(TextChoices):
    """Why a fee row exists."""

    SETUP = "setup", _("Setup")
    RECURRING = "recurring", _("Recurring")
    LICENCE = "licence", _("Licence")
    CREDIT = "credit", _("Unused time")


class ParkedReason(TextChoices):
    """Why an event waits."""

    UNKNOWN_TENANT = "unknown_tenant", _("Unknown tenant")
    CLOSED_TENANT = "closed_tenant", _("Closed tenant")
    UNKNOWN_METER = "unknown_meter", _("No meter matches")
    UNKNOWN_RESOURCE = "unknown_resource", _("Unknown resource")


class RefusedVerdict(TextChoices):
    """What became of an event that was not taken."""

    REJECTED = "rejected", _("Rejected")
    CONFLICT = "conflict", _("Conflict")


class OriginalForm(TextChoices):
    """How the text of a refused event reads."""

    ITEM = "item", _("An event, as sent")
    EVENT = "event", _("An event, made from a row of a file")
    LINE = "line", _("A line of a file")


class Via(TextChoices):
    """Which way an event came in."""

    API = "api", _("API")
    FILE = "file", _("File")
    CALLS = "calls", _("Call records")


class Outcome(TextChoices):
    """How a refused event left the list."""

    ACCEPTED = "accepted", _("Counted")
    PARKED = "parked", _("Parked")
    DUPLICATE = "duplicate", _("Counted before")
    REPLACED = "replaced", _("Sent again with other content, which counts")
    DISMISSED = "dismissed", _("Dismissed")


class MoveStart(TextChoices):
    """When subscribers move to another version of their plan."""

    PERIOD = "period", _("With each client's next billing period")
    NOW = "now", _("With the next full hour")


class MoveOutcome(TextChoices):
    """What came of one subscription that was to move."""

    MOVED = "moved", _("Moved")
    KEPT = "kept", _("Stays as it is")
    REFUSED = "refused", _("Could not move")


class UploadFormat(TextChoices):
    """What an uploaded file of usage is written in."""

    CLOUDEVENTS = "cloudevents", _("CloudEvents (JSON)")
    FOCUS = "focus", _("FOCUS (CSV)")
    ASTERISK = "asterisk", _("Asterisk call records (CSV)")


class UploadState(TextChoices):
    """How far an uploaded file is."""

    WAITING = "waiting", _("Waiting")
    READING = "reading", _("Being read")
    DONE = "done", _("Read")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class UploadFailure(TextChoices):
    """Why an uploaded file could not be read to its end."""

    EMPTY = "empty", _("The file holds no row of usage.")
    PACKED = "packed", _("The file is packed, or a workbook of a spreadsheet program.")
    NOT_TEXT = "not_text", _("The file is no text.")
    UTF16 = "utf16", _("The file is written in UTF-16.")
    NOT_CLOUDEVENTS = "not_cloudevents", _("The file does not begin like JSON.")
    BROKEN_JSON = "broken_json", _("The JSON array breaks off or is broken.")
    MISSING_COLUMNS = "missing_columns", _("Columns are missing.")
    COLUMNS_TWICE = "columns_twice", _("Columns have the same name.")
    NOT_CALLS = "not_calls", _("No line has the columns of a call record.")
    BROKEN_CSV = "broken_csv", _("The file cannot be taken apart into rows.")
    GONE = "gone", _("The stored file is gone.")
    STALLED = "stalled", _("The reading broke off again and again.")
