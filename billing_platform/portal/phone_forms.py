"""The forms of phone systems: their code and zone, rules of direction, lines, watched folders, a row to be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.words import CALL_DIRECTIONS, LINE_KINDS

if TYPE_CHECKING:
    from usage.importers.asterisk_mapping import DirectionRule

_ANY: Final = _("Empty for any; * stands for any signs, ? for one.")
_ROW_MAX: Final = 60_000


class ZoneForm(forms.Form):
    """The zone of the times in a PBX's files."""

    time_zone = forms.CharField(
        label=_("Time zone of its files"),
        max_length=64,
        widget=forms.TextInput({"list": "zones", "autocomplete": "off"}),
        help_text=_(
            "For instance Europe/Berlin; of the hour that comes twice, the first is meant."
        ),
    )


class SystemForm(ZoneForm):
    """A phone system that is new."""

    source = forms.CharField(
        label=_("Code"),
        max_length=100,
        help_text=_(
            "Its stable name, which its files and folders are read under: asterisk-berlin."
        ),
    )
    field_order = ("source", "time_zone")


class RuleForm(forms.Form):
    """A rule of direction; `place` and what stood there tell whether somebody else changed it meanwhile."""

    direction = forms.ChoiceField(
        label=_("Calls go"), choices=lambda: list(CALL_DIRECTIONS.items())
    )
    context = forms.CharField(label=_("Context"), max_length=200, required=False, help_text=_ANY)
    channel = forms.CharField(
        label=_("Channel of the caller"), max_length=200, required=False, help_text=_ANY
    )
    dstchannel = forms.CharField(
        label=_("Channel of the called"), max_length=200, required=False, help_text=_ANY
    )
    dst = forms.CharField(label=_("Number called"), max_length=200, required=False, help_text=_ANY)


class LineForm(forms.Form):
    """Whose calls an account code, a number or a trunk means."""

    kind = forms.ChoiceField(label=_("Kind"), choices=lambda: list(LINE_KINDS.items()))
    value = forms.CharField(
        label=_("Number, trunk or account code"),
        max_length=100,
        help_text=_(
            "A number with or without +; a trunk as its channel begins, such as PJSIP/acme."
        ),
    )
    tenant = forms.CharField(
        label=_("Client id"),
        max_length=200,
        help_text=_("Your own id of the client, as in the list of clients."),
    )


class FolderForm(forms.Form):
    """How the files of a watched folder read."""

    pattern = forms.CharField(
        label=_("Files"),
        max_length=200,
        initial="Master.csv*",
        help_text=_("Master.csv* for the live file and its rotated ones."),
    )
    source = forms.ChoiceField(label=_("Phone system"))
    columns = forms.CharField(
        label=_("Order of columns"),
        max_length=1000,
        required=False,
        help_text=_("Names with commas; empty for the usual order of Master.csv."),
    )

    def __init__(self, *args: Any, sources: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["source"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, code) for code in sources]


class NewFolderForm(FolderForm):
    """A folder that is not watched yet."""

    name = forms.CharField(
        label=_("Folder"),
        max_length=200,
        help_text=_("Its name beneath your own folder, for instance berlin."),
    )
    field_order = ("name", "pattern", "source", "columns")


class CallTrialForm(forms.Form):
    """A row of a PBX's file."""

    row = forms.CharField(
        label=_("Row"),
        max_length=_ROW_MAX,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("One line of Master.csv, as the PBX wrote it."),
    )
    columns = forms.CharField(
        label=_("Order of columns"),
        max_length=1000,
        required=False,
        help_text=_("Names with commas; empty for the usual order of Master.csv."),
    )

    def clean_row(self) -> str:
        """Return the one line."""
        lines = [line for line in str(self.cleaned_data["row"]).splitlines() if line.strip()]
        if len(lines) != 1:
            raise forms.ValidationError(_("Try one row at a time."))
        return lines[0]


def rule_values(rule: DirectionRule) -> dict[str, str]:
    """Return what the form of a rule begins with.

    Args:
        rule: as it is.
    """
    return {name: "" if text == "*" else text for name, text in rule._asdict().items()}
