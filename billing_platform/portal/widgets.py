"""Widgets of the portals' forms. Called by forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.forms import Select
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from typing_extensions import override

if TYPE_CHECKING:
    from django.forms.renderers import BaseRenderer


class LongSelect(Select):
    """A list of a hundred choices, drawn at once; Django's own asks two templates for each."""

    @override
    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        """Draw the list with what is chosen."""
        chosen = set(self.format_value(value))
        marks = {True: SafeString(" selected"), False: ""}
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((code, marks[str(code) in chosen], label) for code, label in self.choices),
        )
        given = self.build_attrs(self.attrs, {**(attrs or {}), "name": name})
        return format_html("<select{}>{}</select>", flatatt(given), options)
