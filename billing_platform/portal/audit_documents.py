"""What the audit log tells of the texts of mails and corrections of invoices. Called by the words of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from billing_platform.portal.audit_registry import Column, Kind, amount, one_of, text
from billing_platform.portal.words import Vocabulary
from invoicing.enums import CorrectionKind, CorrectionState, DocumentKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = Vocabulary({kind.value: kind.label for kind in DocumentKind})
_CORRECTIONS: Final = Vocabulary({kind.value: kind.label for kind in CorrectionKind})
_STATES: Final = Vocabulary(
    {
        **{state.value: state.label for state in CorrectionState},
        CorrectionState.MADE.value: _("Posted"),
    }
)

DOCUMENTS: Final[dict[str, Kind]] = {
    "mail_text": Kind(
        _("Text of mails"),
        {
            "kind": Column(_("Kind"), one_of(_KINDS)),
            "language": Column(_("Language"), one_of(dict(settings.LANGUAGES))),
            "subject": Column(pgettext_lazy("mail", "Subject"), text),
            "body": Column(_("Text"), text),
        },
        frozenset({"id", "provider_id"}),
    ),
    "correction": Kind(
        _("Correction of an invoice"),
        {
            "kind": Column(_("Kind"), one_of(_CORRECTIONS)),
            "amount_minor": Column(_("Amount"), amount),
            "lowered_minor": Column(_("Not owed any more"), amount),
            "reason": Column(_("Reason"), text),
            "state": Column(_("State"), one_of(_STATES)),
        },
        # Who and when stands beside each change; invoice, note and postings are named by numbers of rows.
        frozenset(
            {
                *("id", "provider_id", "tenant_id", "document_id", "currency", "nets", "key"),
                *("requested_by", "requested_at", "decided_by", "decided_at", "posting_id"),
                *("note_id", "ended_by", "ended_at", "end_posting_id"),
            }
        ),
    ),
}


def documents_name(kind: str, content: Mapping[str, Any]) -> str:
    """Return which text it is, or what kind of correction.

    Args:
        kind: of DOCUMENTS.
        content: its row.
    """
    if kind == "correction":
        return str(_CORRECTIONS[content["kind"]])
    language = dict(settings.LANGUAGES).get(content["language"], content["language"])
    return f"{_KINDS[content['kind']]}, {language}"
