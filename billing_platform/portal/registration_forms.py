"""The form of a document's registration with India's portal: its answer as it gave it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from invoicing.types import RegistrationView

# The portal tells the time of its own country.
_ZONE: Final = ZoneInfo("Asia/Kolkata")


class RegistrationAnswerForm(forms.Form):
    """What the Invoice Registration Portal answered."""

    answer = forms.CharField(
        label=_("Answer of the portal"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("JSON with Irn, AckNo, AckDt and SignedQRCode, as the portal gives it."),
    )

    def clean_answer(self) -> RegistrationView:
        """Return what the answer says."""
        try:
            said: Any = json.loads(self.cleaned_data["answer"])
            at = datetime.strptime(said["AckDt"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=_ZONE)
            return RegistrationView(
                irn=str(said["Irn"]).strip().lower(),
                ack_number=str(said["AckNo"]).strip(),
                ack_at=at,
                signed_code=str(said["SignedQRCode"]).strip(),
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValidationError(_("This is no answer of the portal.")) from error
