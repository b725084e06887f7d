"""Tables of providers, tenants, users and memberships."""

from tenants.models.member import ProviderMember, TenantMember
from tenants.models.provider import Host, Provider
from tenants.models.suspension import Suspension
from tenants.models.tenant import Tenant
from tenants.models.user import User

__all__ = ["Host", "Provider", "ProviderMember", "Suspension", "Tenant", "TenantMember", "User"]
