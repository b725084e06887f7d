"""Forms of corrections of invoices: what goes back of each line, and why; services check rules."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from invoicing.services.correction_previews import LineRoom

_DIGITS = 15


class CorrectionForm(forms.Form):
    """Why an invoice is corrected; sent once to see what will happen, and once more to do it.

    `key` makes that one form corrects once; `seen` and `seen_open` are what the person was shown, in minor units: what
    is taken off, and what of it was open.
    """

    reason = forms.CharField(label=_("Reason"), max_length=300)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)
    seen = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    seen_open = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", secrets.token_urlsafe(16))

    def renew_key(self) -> None:
        """Give the form that is shown again a key of its own: what it asks for now is another correction."""
        self.data = {**dict(self.data.items()), "key": secrets.token_urlsafe(16)}

    def nets(self) -> dict[int, int] | None:
        """Return what goes back of each line; None for all that is left."""
        return None


class WriteOffForm(CorrectionForm):
    """Why what is open of an invoice is given up."""


class CreditNoteForm(CorrectionForm):
    """What goes back of each line, net of tax, and why."""

    def __init__(self, *args: Any, rooms: Sequence[LineRoom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rooms = [room for room in rooms if room.left.amount_minor > 0]
        self.fields["reason"].help_text = gettext("It is printed on the credit note.")
        lines = {
            f"line_{room.position}": forms.DecimalField(
                label=gettext("Net to credit: %s") % room.name,
                min_value=0,
                max_value=room.left.to_major(),
                max_digits=_DIGITS,
                decimal_places=exponent(room.left.currency),
                required=False,
                initial=room.left.to_major(),
            )
            for room in self._rooms
        }
        self.fields = {**lines, **self.fields}

    def nets(self) -> dict[int, int] | None:
        """Return what goes back of each line that is named; None for all that is left."""
        given = {
            room.position: Money.from_major(
                self.cleaned_data.get(f"line_{room.position}") or Decimal(0), room.left.currency
            ).amount_minor
            for room in self._rooms
        }
        if all(given[room.position] == room.left.amount_minor for room in self._rooms):
            return None
        return {position: net for position, net in given.items() if net}
