"""What became of an uploaded file and of its rows, in plain words, and what can be done; for the pages of uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing_platform.portal.verdict_words import REASONS
from billing_platform.portal.words import Vocabulary
from usage.enums import UploadFailure, UploadFormat, UploadState
from usage.intake.verdicts import Reason, Verdict

if TYPE_CHECKING:
    from usage.selectors.uploads import RowView

FORMATS: Final = Vocabulary({each.value: each.label for each in UploadFormat})
STATES: Final = Vocabulary({each.value: each.label for each in UploadState})
# {detail} is the column, the line or the item that it is about.
FAILURES: Final = Vocabulary(
    {
        UploadFailure.EMPTY.value: gettext_noop("The file holds no row of usage."),
        UploadFailure.PACKED.value: gettext_noop(
            "The file is packed, or it is a workbook of a spreadsheet program."
        ),
        UploadFailure.NOT_TEXT.value: gettext_noop("The file is no text."),
        UploadFailure.UTF16.value: gettext_noop("The file is written in UTF-16."),
        UploadFailure.NOT_CLOUDEVENTS.value: gettext_noop(
            "The file is no JSON: it does not begin with a brace or a bracket."
        ),
        UploadFailure.BROKEN_JSON.value: gettext_noop(
            "The JSON array is broken or breaks off at item {detail}."
        ),
        UploadFailure.MISSING_COLUMNS.value: gettext_noop("These columns are missing: {detail}."),
        UploadFailure.COLUMNS_TWICE.value: gettext_noop("These columns are there twice: {detail}."),
        UploadFailure.NOT_CALLS.value: gettext_noop(
            "None of the first 100 lines has the columns of a call record."
        ),
        UploadFailure.BROKEN_CSV.value: gettext_noop(
            "The file cannot be taken apart behind line {detail}: a quotation mark has no end."
        ),
        UploadFailure.GONE.value: gettext_noop("The stored file is gone."),
        UploadFailure.STALLED.value: gettext_noop("The reading broke off five times in a row."),
    }
)
_OTHER_FORMAT: Final = gettext_noop("Look at the format that you chose, and upload it once more.")
FAILURE_ADVICE: Final = Vocabulary(
    {
        UploadFailure.EMPTY.value: gettext_noop("Look into the file, or choose another one."),
        UploadFailure.PACKED.value: gettext_noop(
            "Unpack it, or save the sheet as CSV in UTF-8, and upload that file."
        ),
        UploadFailure.NOT_TEXT.value: gettext_noop(
            "CloudEvents are JSON; FOCUS and call records are CSV."
        ),
        UploadFailure.UTF16.value: gettext_noop("Save it in UTF-8 and upload that file."),
        UploadFailure.NOT_CLOUDEVENTS.value: _OTHER_FORMAT,
        UploadFailure.BROKEN_JSON.value: gettext_noop(
            "Mend the file and upload it, or send one event per line: then a broken one spoils only itself."
        ),
        UploadFailure.MISSING_COLUMNS.value: _OTHER_FORMAT,
        UploadFailure.COLUMNS_TWICE.value: gettext_noop("Mend the first line and upload the file."),
        UploadFailure.NOT_CALLS.value: gettext_noop(
            "Name the order of its columns, or look at the format that you chose, and upload it once more."
        ),
        UploadFailure.BROKEN_CSV.value: gettext_noop("Mend that line and upload the file."),
        UploadFailure.GONE.value: gettext_noop(
            "Upload it once more; what was counted is not counted twice."
        ),
        UploadFailure.STALLED.value: gettext_noop(
            "Tell whoever runs this installation. It can be read again then; what was counted is not counted twice."
        ),
    }
)
_MEND: Final = gettext_noop(
    "Mend the row where it comes from and upload the mended file: its id is still free, and the other rows are not"
    " counted twice."
)
_ADVICE: Final = Vocabulary(
    {
        Reason.UNKNOWN_TENANT.value: gettext_noop(
            "Add a client with this id; within a minute the row is counted by itself."
        ),
        Reason.CLOSED_TENANT.value: gettext_noop(
            "It waits until the client is open again; then it is counted by itself."
        ),
        Reason.UNKNOWN_METER.value: gettext_noop(
            "Make a meter for events of this type; within a minute the row is counted by itself."
        ),
        Reason.TOO_LATE.value: gettext_noop(
            "Let later events in by the setting ingestion.late_days, then have the file read again."
        ),
        Reason.FUTURE.value: gettext_noop(
            "Have the file read again once its time has come, and check the clock of where it comes from."
        ),
        Reason.OTHER_CONTENT.value: gettext_noop(
            "The first content counts and stays. Where this one is right, upload the difference under an id of its own."
        ),
        Reason.UNKNOWN_DIRECTION.value: gettext_noop(
            "Give the mapping of calls a rule for it, then have the file read again."
        ),
    }
)


def failure_words(failure: str, detail: str) -> str:
    """Return why a file could not be read to its end.

    Args:
        failure: of UploadFailure.
        detail: the column, the line or the item that it is about.
    """
    return FAILURES[failure].replace("{detail}", detail)


def row_words(row: RowView) -> tuple[str, str]:
    """Return why a row was not accepted, and what can be done about it.

    Args:
        row: with the stable words of its verdict and reason.
    """
    if row.verdict == Verdict.DUPLICATE:
        return _("It was counted before, with the same content."), _("Nothing.")
    words = REASONS.get(row.reason, row.reason)
    return f"{words[0].upper()}{words[1:]}.", _ADVICE.get(row.reason) or _(_MEND)
