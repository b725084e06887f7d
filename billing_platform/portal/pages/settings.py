"""The settings page: the whole registry with a provider's values, by group."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.forms import words_of
from billing_platform.portal.setting_words import GROUPS
from tenants.errors import UnknownSettingError
from tenants.registry import setting_of
from tenants.selectors.settings import list_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tenants.setting import Setting


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting; `default` is empty while it stands at its default."""

    name: str
    description: str
    effect: str
    value: str
    is_own: bool
    default: str
    changed_at: datetime | None
    changed_by: str
    edit_url: str


@dataclass(frozen=True, slots=True)
class SettingGroup:
    """The settings of one heading."""

    heading: str
    lines: Sequence[SettingLine]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """All groups; `may_edit` is for owners."""

    groups: Sequence[SettingGroup]
    zone: str
    may_edit: bool


def settings_page(provider_id: int, *, zone: str, may_edit: bool) -> SettingsPage:
    """Return the page.

    Args:
        provider_id: whose; its scope is open.
        zone: the provider's time zone.
        may_edit: whether the person may change anything.
    """
    rows = [row for row in list_settings(provider_id) if row.setting.is_listed]
    groups = [
        SettingGroup(
            heading=str(GROUPS[group]),
            lines=[
                SettingLine(
                    name=row.setting.name,
                    description=_(row.setting.description),
                    effect=_(row.setting.effect),
                    value=words_of(row.setting, row.value),
                    is_own=row.is_own,
                    default=words_of(row.setting, row.setting.default) if row.is_own else "",
                    changed_at=row.changed_at,
                    changed_by=row.changed_by,
                    edit_url=reverse("provider-setting", kwargs={"name": row.setting.name}),
                )
                for row in members
            ],
        )
        for group, members in groupby(rows, key=lambda row: row.setting.group)
    ]
    return SettingsPage(groups=groups, zone=zone, may_edit=may_edit)


@dataclass(frozen=True, slots=True)
class SettingPage:
    """One setting that is being changed."""

    setting: Setting[Any]
    value: Any
    is_own: bool
    action: str
    reset_url: str
    reset_words: str


def setting_page(provider_id: int, name: str) -> SettingPage:
    """Return the page that changes one setting.

    Args:
        provider_id: whose; its scope is open.
        name: a name of the registry.

    Raises:
        UnknownSettingError: the registry has no such name, or another page changes it.
    """
    setting = setting_of(name)
    if not setting.is_listed:
        raise UnknownSettingError
    row = next(row for row in list_settings(provider_id) if row.setting is setting)
    return SettingPage(
        setting=setting,
        value=row.value,
        is_own=row.is_own,
        action=reverse("provider-setting", kwargs={"name": name}),
        reset_url=reverse("provider-setting-reset", kwargs={"name": name}),
        reset_words=_("The default is %s.") % words_of(setting, setting.default),
    )
