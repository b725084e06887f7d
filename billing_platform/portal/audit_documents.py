"""What the audit log tells of the texts of mails. Called by the words of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.audit_registry import Column, Kind, one_of, text
from billing_platform.portal.words import Vocabulary
from invoicing.enums import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS: Final = Vocabulary({kind.value: kind.label for kind in DocumentKind})

DOCUMENTS: Final[dict[str, Kind]] = {
    "mail_text": Kind(
        _("Text of mails"),
        {
            "kind": Column(_("Kind"), one_of(_KINDS)),
            "language": Column(_("Language"), one_of(dict(settings.LANGUAGES))),
            "subject": Column(_("Subject"), text),
            "body": Column(_("Text"), text),
        },
        frozenset({"id", "provider_id"}),
    ),
}


def documents_name(_kind: str, content: Mapping[str, Any]) -> str:
    """Return which text it is.

    Args:
        _kind: of DOCUMENTS, which has one.
        content: its row.
    """
    language = dict(settings.LANGUAGES).get(content["language"], content["language"])
    return f"{_KINDS[content['kind']]}, {language}"
