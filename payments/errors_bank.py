"""What payments refuse about bank transfers, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import NotFoundError
from payments.errors import PaymentsError


class BankLineNotFound(NotFoundError):
    """The provider has no such line of a bank statement."""

    code = "bank_line_not_found"
    message = gettext_noop("This line of a bank statement does not exist.")


class StatementNotFound(NotFoundError):
    """The provider has no such statement."""

    code = "statement_not_found"
    message = gettext_noop("This statement does not exist.")


class AccountUnknown(NotFoundError):
    """The provider has no such account that documents could name."""

    code = "bank_account_not_found"
    message = gettext_noop("This bank account does not exist.")


class InvalidBankAccount(PaymentsError):
    """What was typed is no account; code and message say what."""

    code = "invalid_bank_account"
    message = gettext_noop("This bank account cannot be saved.")


class LineDecided(PaymentsError):
    """Somebody decided on it before, or it cannot be decided so."""

    code = "bank_line_decided"
    message = gettext_noop("This line was decided on before, or cannot be decided so. Look again.")
    http_status = 409


class NothingToTakeBack(PaymentsError):
    """The line is not credited, or the bank took the money back."""

    code = "nothing_to_take_back"
    message = gettext_noop("There is no match here that could be taken back.")
    http_status = 409


class PartlyReturned(PaymentsError):
    """The bank took a part back: a reversal of the whole would take what is not there."""

    code = "partly_returned"
    message = gettext_noop(
        "The bank took a part of this transfer back, so the match stands. Correct the balance by hand."
    )
    http_status = 409


class ReturnDiffers(PaymentsError):
    """What was chosen does not come to what went out."""

    code = "return_differs"
    message = gettext_noop(
        "The payments that you chose do not come to the amount that went out. Of one payment a part may go back, of"
        " several all that is left of each."
    )
    http_status = 409


class MatchWaits(PaymentsError):
    """A match of the line waits for a second person; that is decided first."""

    code = "match_waits"
    message = gettext_noop("A match of this line waits for a second person. Decide on that first.")
    http_status = 409


class NoMatchRequest(PaymentsError):
    """Nothing waits here for a second person, or somebody decided before."""

    code = "no_match_request"
    message = gettext_noop("No match waits here. Somebody may have decided before.")
    http_status = 409


class SameMatchPerson(PaymentsError):
    """Who asked for a match cannot approve it."""

    code = "same_person"
    message = gettext_noop("Somebody else has to approve what you asked for.")
    http_status = 409


class MatchReasonMissing(PaymentsError):
    """What a person decides about money is explained."""

    code = "match_reason_missing"
    message = gettext_noop("Give a reason; it stands beside the posting.")
