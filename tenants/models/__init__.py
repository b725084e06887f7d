"""Tables of providers, tenants, users and memberships."""

from tenants.models.api_key import ApiKey
from tenants.models.hijack import Hijack
from tenants.models.history import (
    ApiKeyEvent,
    HostEvent,
    ProviderEvent,
    ProviderMemberEvent,
    SettingEvent,
    SuspensionEvent,
    TenantEvent,
    TenantMemberEvent,
    TenantProfileEvent,
)
from tenants.models.invitation import Invitation
from tenants.models.list_export import ListExport
from tenants.models.logo import Logo
from tenants.models.member import ProviderMember, TenantMember
from tenants.models.note import Note
from tenants.models.notice import Notice
from tenants.models.profile import TenantProfile
from tenants.models.provider import Host, Provider
from tenants.models.saved_filter import DefaultFilter, SavedFilter
from tenants.models.setting import SettingValue
from tenants.models.suspension import Suspension
from tenants.models.tenant import Tenant
from tenants.models.token import TenantToken
from tenants.models.user import User

__all__ = [
    "ApiKey",
    "ApiKeyEvent",
    "DefaultFilter",
    "Hijack",
    "Host",
    "HostEvent",
    "Invitation",
    "ListExport",
    "Logo",
    "Note",
    "Notice",
    "Provider",
    "ProviderEvent",
    "ProviderMember",
    "ProviderMemberEvent",
    "SavedFilter",
    "SettingEvent",
    "SettingValue",
    "Suspension",
    "SuspensionEvent",
    "Tenant",
    "TenantEvent",
    "TenantMember",
    "TenantMemberEvent",
    "TenantProfile",
    "TenantProfileEvent",
    "TenantToken",
    "User",
]
