"""Which panels are installed; a broken one is left out, said once, and found by `manage.py check`."""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final, NamedTuple

from django.core.checks import CheckMessage, Error, register

from billing_platform.portal.panels import Panel

if TYPE_CHECKING:
    from billing_platform.portal.panels import Portal

GROUP: Final = "billing_platform.panels"
_log = logging.getLogger(__name__)


class Installed(NamedTuple):
    """What the entry points came to.

    Attributes:
        panels: by code, in the order of their entry points' names.
        faults: a sentence per entry point that was left out.
    """

    panels: dict[str, Panel]
    faults: tuple[str, ...]


@cache
def installed() -> Installed:
    """Return every installed panel, and what is wrong with the others; read once per process."""
    panels: dict[str, Panel] = {}
    faults: list[str] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda found: found.name):
        try:
            panel = entry.load()
        except (ImportError, AttributeError, ValueError, TypeError) as error:
            faults.append(f"The panel {entry.value} does not load: {error}")
            continue
        if not isinstance(panel, Panel):
            faults.append(f"The entry point {entry.value} is no panel.")
        elif panel.code in panels:
            faults.append(f"Two panels call themselves {panel.code}; {entry.value} is left out.")
        else:
            panels[panel.code] = panel
    for fault in faults:
        _log.error(fault)
    return Installed(panels, tuple(faults))


def find_panel(portal: Portal, code: str) -> Panel | None:
    """Return a panel of a portal by its code, or None.

    Args:
        portal: whose portal is open.
        code: from the address.
    """
    found = installed().panels.get(code)
    return found if found is not None and found.portal == portal else None


def panels_of(portal: Portal, role: str) -> list[Panel]:
    """Return the panels that a person may open.

    Args:
        portal: whose portal is open.
        role: of the person.
    """
    return [
        panel
        for panel in installed().panels.values()
        if panel.portal == portal and role in panel.roles
    ]


@register()
def check_panels(**_: object) -> list[CheckMessage]:
    """Report the panels that were left out."""
    return [Error(fault, id="portal.E001") for fault in installed().faults]
