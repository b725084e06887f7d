"""Small pieces of pages: icons, status pills, form fields."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import available_timezones

from django import template
from django.forms import CheckboxInput, RadioSelect, Select
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from billing_platform.portal.icons import icon_svg
from billing_platform.portal.templatetags.figures import moment
from billing_platform.portal.undo import Undo, undo_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.messages.storage.base import Message
    from django.forms import BoundField

register = template.Library()

# Colour and word of every state a page may show; one vocabulary everywhere.
PILLS: Final[dict[str, tuple[str, str]]] = {
    "active": ("green", gettext_noop("Active")),
    "trial": ("azure", gettext_noop("Trial")),
    "suspended": ("orange", gettext_noop("Suspended")),
    "closed": ("secondary", gettext_noop("Closed")),
    "owner": ("azure", gettext_noop("Owner")),
    "waiting": ("azure", gettext_noop("Waiting")),
    "approved": ("green", gettext_noop("Approved")),
    "declined": ("orange", gettext_noop("Declined")),
    "withdrawn": ("secondary", gettext_noop("Withdrawn")),
    "made": ("green", gettext_noop("Posted")),
    "taken_back": ("secondary", gettext_noop("Taken back")),
    "planned": ("azure", gettext_noop("Planned")),
    "running": ("green", gettext_noop("Running")),
    "ending": ("orange", gettext_noop("Ending")),
    "ended": ("secondary", gettext_noop("Ended")),
    "draft": ("azure", gettext_noop("Draft")),
    "retired": ("secondary", gettext_noop("Off sale")),
    "on_time": ("green", gettext_noop("On time")),
    "late": ("red", gettext_noop("Late")),
    "failed": ("red", gettext_noop("Failed")),
    "never": ("orange", gettext_noop("Never ran")),
    "reading": ("azure", gettext_noop("Being read")),
    "done": ("green", gettext_noop("Read")),
    "export_waiting": ("azure", gettext_noop("Waiting")),
    "export_writing": ("azure", gettext_noop("Being written")),
    "export_done": ("green", gettext_noop("Ready")),
    "export_failed": ("red", gettext_noop("Failed")),
    "export_removed": ("secondary", gettext_noop("Removed")),
    "cancelled": ("secondary", gettext_noop("Cancelled")),
    "gateway_ok": ("green", gettext_noop("On")),
    "gateway_off": ("secondary", gettext_noop("Off")),
    "gateway_broken": ("red", gettext_noop("Broken")),
    "gateway_live": ("orange", gettext_noop("Live")),
    "gateway_test": ("azure", gettext_noop("Test mode")),
    "payment_pending": ("azure", gettext_noop("Pending")),
    "payment_unknown": ("azure", gettext_noop("Unknown, being asked")),
    "payment_unfinished": ("secondary", gettext_noop("Not finished")),
    "payment_succeeded": ("green", gettext_noop("Succeeded")),
    "payment_partly_refunded": ("green", gettext_noop("Partly refunded")),
    "payment_refunded": ("secondary", gettext_noop("Refunded")),
    "payment_failed": ("orange", gettext_noop("Failed")),
    "payment_canceled": ("secondary", gettext_noop("Canceled")),
    "refund_pending": ("azure", gettext_noop("On its way")),
    "refund_unknown": ("azure", gettext_noop("Unknown, being asked")),
    "refund_succeeded": ("green", gettext_noop("Refunded")),
    "refund_failed": ("orange", gettext_noop("Refund failed")),
    "request_asked": ("azure", gettext_noop("Asked")),
    "request_waiting": ("orange", gettext_noop("Second person")),
    "request_approved": ("green", gettext_noop("Approved")),
    "request_rejected": ("orange", gettext_noop("Rejected")),
    "request_withdrawn": ("secondary", gettext_noop("Withdrawn")),
    "payment_quarantined": ("red", gettext_noop("To be looked at")),
    "payment_disputed": ("orange", gettext_noop("Disputed")),
    "dispute_inquiry": ("azure", gettext_noop("Inquiry")),
    "dispute_open": ("orange", gettext_noop("Open")),
    "dispute_won": ("green", gettext_noop("Won")),
    "dispute_lost": ("red", gettext_noop("Lost")),
    "dispute_undecided": ("red", gettext_noop("To be decided")),
    "dispute_late": ("red", gettext_noop("Too late")),
    "dispute_disputed": ("orange", gettext_noop("Disputed")),
    "dispute_returned": ("orange", gettext_noop("Returned by the bank")),
    "dispute_credited": ("green", gettext_noop("Credited again")),
    "dispute_final": ("secondary", gettext_noop("Given back by the bank")),
    "line_new": ("azure", gettext_noop("New")),
    "line_open": ("orange", gettext_noop("To be decided")),
    "line_matched": ("green", gettext_noop("Matched")),
    "line_returned": ("secondary", gettext_noop("Return booked")),
    "line_outgoing": ("secondary", gettext_noop("Outgoing")),
    "line_aside": ("secondary", gettext_noop("Set aside")),
    "document_draft": ("azure", gettext_noop("Draft")),
    "document_sent": ("azure", gettext_noop("Sent")),
    "document_partially_paid": ("azure", gettext_noop("Partially Paid")),
    "document_paid": ("green", gettext_noop("Paid")),
    "document_overdue": ("red", gettext_noop("Overdue")),
    "document_cancelled": ("secondary", gettext_noop("Cancelled")),
    "document_written_off": ("secondary", gettext_noop("Written off")),
    "recharge_paused": ("orange", gettext_noop("Paused")),
    "recharge_declined": ("orange", gettext_noop("Declined")),
    "recharge_limited": ("azure", gettext_noop("Limit reached")),
    "mail_queued": ("azure", gettext_noop("Queued")),
    "mail_sent": ("green", gettext_noop("Sent")),
    "mail_bounced": ("red", gettext_noop("Bounced")),
    "mail_failed": ("red", gettext_noop("Failed")),
    "method_default": ("green", gettext_noop("Default")),
    "method_expired": ("orange", gettext_noop("Expired")),
    "method_disputed": ("orange", gettext_noop("Disputed")),
    "method_gone": ("red", gettext_noop("Gone at the gateway")),
    "tax_valid": ("green", gettext_noop("Valid")),
    "tax_invalid": ("red", gettext_noop("Not valid")),
    "tax_pending": ("azure", gettext_noop("Not confirmed yet")),
    "tax_stale": ("orange", gettext_noop("Confirmed too long ago")),
    "tax_form": ("secondary", gettext_noop("Well-formed, no register asked")),
    "exemption_asked": ("azure", gettext_noop("To be looked at")),
    "exemption_accepted": ("green", gettext_noop("Accepted")),
    "exemption_refused": ("orange", gettext_noop("Refused")),
    "exemption_withdrawn": ("secondary", gettext_noop("Withdrawn")),
    "campaign_exhausted": ("orange", gettext_noop("Used up")),
    "code_free": ("green", gettext_noop("Can be used")),
    "code_used": ("secondary", gettext_noop("Used")),
    "use_reserved": ("azure", gettext_noop("Reserved")),
    "use_confirmed": ("green", gettext_noop("Used")),
    "use_released": ("secondary", gettext_noop("Released")),
    "notice_new": ("azure", gettext_noop("New")),
    "on": ("green", gettext_noop("On")),
    "off": ("secondary", gettext_noop("Off")),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon."""
    return icon_svg(name)


@register.simple_tag
def pill(state: str, since: datetime | None = None, zone: str = "UTC", why: str = "") -> SafeString:
    """Draw a state as a dot and a word; a page's own state tells since when and why when it is pointed at or focused.

    Args:
        state: of PILLS.
        since: from when on; None where that is not known, then only the word is drawn.
        zone: in which that is told.
        why: in words, or "".
    """
    color, word = PILLS[state][0], gettext(PILLS[state][1])
    if since is None:
        return format_html('<span class="badge bg-{}-lt">{}</span>', color, word)
    told = SafeString(escape(gettext("Since %(since)s")) % {"since": moment(since, zone)})
    name = f"since-{state}-{since:%Y%m%d%H%M%S}"
    return format_html(
        '<span class="term term-pill"><span class="badge bg-{}-lt" tabindex="0" aria-describedby="{}">{}</span>'
        '<span class="term-words" role="tooltip" id="{}">{}{}</span></span>',
        *(color, name, word, name, told, f": {why}" if why else ""),
    )


@register.filter
def undo(message: Message) -> Undo | None:
    """Return how what a message tells of is undone, or None."""
    return undo_of(message)


@register.simple_tag
@cache
def zone_options() -> SafeString:
    """Draw the options of a list of time zones."""
    # Asking the machine for its zones walks its folders, and there are 600.
    names = sorted(available_timezones())
    return format_html_join("", '<option value="{}"></option>', ((name,) for name in names))


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, *, autofocus: bool = False) -> dict[str, Any]:
    """Draw a form field with its label, help and errors tied together."""
    widget = bound.field.widget
    attrs: dict[str, str | bool] = {"class": _widget_class(bound)}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autofocus:
        attrs["autofocus"] = "autofocus"
    # A hint inside the field vanishes while typing; the label says it already.
    widget.attrs.pop("placeholder", None)
    is_group = isinstance(widget, RadioSelect)
    if is_group:
        # A group is drawn option by option, and each takes what the widget holds.
        widget.attrs.update(attrs)
    return {
        "field": bound,
        "widget": bound.as_widget(attrs=attrs),
        "is_check": isinstance(widget, CheckboxInput),
        "is_group": is_group,
        "is_hidden": bound.is_hidden,
    }


@register.simple_tag
def bare_field(bound: BoundField) -> SafeString:
    """Draw the input of a form field alone, for a cell of a table that has a label of its own."""
    attrs: dict[str, str | bool] = {"class": _widget_class(bound)}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


def _widget_class(bound: BoundField) -> str:
    widget = bound.field.widget
    invalid = " is-invalid" if bound.errors else ""
    if isinstance(widget, CheckboxInput | RadioSelect):
        return f"form-check-input{invalid}"
    return f"form-select{invalid}" if isinstance(widget, Select) else f"form-control{invalid}"
