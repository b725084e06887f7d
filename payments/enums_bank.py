"""The closed lists of words of bank statements, and the one table of a line's moves."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StatementFormat(TextChoices):
    """What a bank statement is written in."""

    CAMT053 = "camt053", _("CAMT.053 (XML)")
    MT940 = "mt940", _("MT940")
    CSV = "csv", _("CSV")


class LineState(TextChoices):
    """Where a line of a bank statement stands; `new` until it was looked at."""

    NEW = "new", _("New")
    OPEN = "open", _("To be decided")
    MATCHED = "matched", _("Matched")
    RETURNED = "returned", _("Return booked")
    OUTGOING = "outgoing", _("Outgoing")
    ASIDE = "aside", _("Set aside")


# A line is decided on once; what was matched or set aside wrongly is open again. The trigger `payments_guard_bank_line`
# holds the same table; a test compares the two.
LINE_MOVES: Final[dict[LineState, frozenset[LineState]]] = {
    LineState.NEW: frozenset(
        {LineState.OPEN, LineState.MATCHED, LineState.RETURNED, LineState.OUTGOING}
    ),
    LineState.OPEN: frozenset({LineState.MATCHED, LineState.RETURNED, LineState.ASIDE}),
    LineState.MATCHED: frozenset({LineState.OPEN}),
    LineState.RETURNED: frozenset(),
    # Not every bank marks a return as one.
    LineState.OUTGOING: frozenset({LineState.RETURNED}),
    LineState.ASIDE: frozenset({LineState.OPEN}),
}


class LineReason(TextChoices):
    """Why a line waits for somebody, or what is to be known about one that does not."""

    NONE = "", _("None")
    MISSING = "missing", _("No reference")
    UNKNOWN = "unknown", _("Unknown reference")
    AMBIGUOUS = "ambiguous", _("Several references")
    CURRENCY = "currency", _("Another currency")
    BATCH = "batch", _("Several payments in one")
    RETURN = "return", _("Return of an unknown payment")
    OWN_RETURN = "own_return", _("One of your own payments came back")
    UNMATCHED = "unmatched", _("Match taken back")
    OVER = "over", _("More than was open")
    DUPLICATE = "duplicate", _("Possible duplicate")
    WENT_BACK = "went_back", _("Went back to the payer")


class CreditEnd(TextChoices):
    """How a credited transfer ended, if it did."""

    NONE = "", _("None")
    UNMATCHED = "unmatched", _("Match taken back")
    RETURNED = "returned", _("Returned by the bank")


class MatchRequestState(TextChoices):
    """Where a match by hand stands that needs a second person; it is decided once."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
