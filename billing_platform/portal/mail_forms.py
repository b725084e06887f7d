"""The form of a text of mails; it checks shape, the service checks placeholders."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from invoicing.services.mail_placeholders import BODY_MAX, SUBJECT_MAX

# Which field a refusal of the service belongs to.
MAIL_FIELDS: Final = {"mail_subject": "subject", "mail_body": "body"}


class MailTextForm(forms.Form):
    """Subject and text."""

    subject = forms.CharField(label=pgettext_lazy("mail", "Subject"), max_length=SUBJECT_MAX)
    body = forms.CharField(
        label=_("Text"),
        max_length=BODY_MAX,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("Plain words; an empty line begins a paragraph, and addresses become links."),
    )
