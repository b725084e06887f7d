"""Tables of providers, tenants, users and memberships."""

from tenants.models.api_key import ApiKey
from tenants.models.member import ProviderMember, TenantMember
from tenants.models.provider import Host, Provider
from tenants.models.setting import SettingValue
from tenants.models.suspension import Suspension
from tenants.models.tenant import Tenant
from tenants.models.user import User

__all__ = [
    "ApiKey",
    "Host",
    "Provider",
    "ProviderMember",
    "SettingValue",
    "Suspension",
    "Tenant",
    "TenantMember",
    "User",
]
