"""Why the tenants part refuses: one class per reason, shown to the one who asked."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class TenantsError(DomainError):
    """Base of every refusal of this part."""

    http_status = 422


class ProviderConflictError(TenantsError):
    """The slug belongs to a provider that was created with another currency or time zone."""

    code = "provider_conflict"
    message = gettext_noop("A provider with this slug exists and was created differently.")
    http_status = 409


class TenantExistsError(TenantsError):
    """The provider already has a tenant of this external id."""

    code = "tenant_exists"
    message = gettext_noop("A client with this external id exists already.")
    http_status = 409


class TenantClosedError(TenantsError):
    """The tenant is closed, which is final."""

    code = "tenant_closed"
    message = gettext_noop("This client is closed.")
    http_status = 409


class UnknownTimeZoneError(TenantsError):
    """The name is in no time zone database."""

    code = "unknown_time_zone"
    message = gettext_noop("This time zone is not known.")


class InvalidNameError(TenantsError):
    """A name, slug or external id is empty, too long or holds signs that cannot be stored."""

    code = "invalid_name"
    message = gettext_noop("This name cannot be used.")


class HostTakenError(TenantsError):
    """The host name is the installation's own, or shows another brand."""

    code = "host_taken"
    message = gettext_noop("This host name is in use.")
    http_status = 409


class TooManyHostsError(TenantsError):
    """Too many host names of this provider wait for their proof."""

    code = "too_many_hosts"
    message = gettext_noop("Too many host names wait for their proof. Prove or remove some first.")


class InvalidProfileError(TenantsError):
    """Company data or a billing address cannot be used."""

    code = "invalid_profile"
    message = gettext_noop("These company data cannot be used.")


class InvalidIdentityError(TenantsError):
    """A provider's legal identity or its bank account cannot be used."""

    code = "invalid_identity"
    message = gettext_noop("These company data cannot be used.")


class InvalidLogoError(TenantsError):
    """A picture is too large, of a kind that is not taken, or broken."""

    code = "invalid_logo"
    message = gettext_noop("This picture cannot be used.")


class ProviderNotFoundError(NotFoundError):
    """No provider has this slug, host name or id."""

    code = "provider_not_found"
    message = gettext_noop("There is no such provider.")


class TenantNotFoundError(NotFoundError):
    """The provider has no such tenant, or not in this scope."""

    code = "tenant_not_found"
    message = gettext_noop("There is no such client.")


class UnknownSettingError(TenantsError):
    """The settings registry has no such name."""

    code = "unknown_setting"
    message = gettext_noop("There is no such setting.")
    http_status = 404


class InvalidSettingError(TenantsError):
    """The value does not fit the setting's type or range."""

    code = "invalid_setting"
    message = gettext_noop("This value does not fit the setting.")


class AlreadySuspendedError(TenantsError):
    """The tenant is suspended by hand already."""

    code = "already_suspended"
    message = gettext_noop("This client is suspended by hand already.")
    http_status = 409


class NotSuspendedError(TenantsError):
    """No suspension by hand is open."""

    code = "not_suspended"
    message = gettext_noop("This client is not suspended by hand.")
    http_status = 409


class MissingReasonError(TenantsError):
    """A provider is suspended without a word why."""

    code = "missing_reason"
    message = gettext_noop("Say why, in 1 to 500 characters.")
    http_status = 422


class TooManyKeysError(TenantsError):
    """Two keys of this name live already."""

    code = "too_many_keys"
    message = gettext_noop("Two keys of this name are in use. Revoke one first.")
    http_status = 409


class KeyExistsError(TenantsError):
    """A key of this name lives already and no rotation was asked for."""

    code = "key_exists"
    message = gettext_noop("A key of this name is in use.")
    http_status = 409


class UnknownKeyScopeError(TenantsError):
    """A key was asked for with a scope that does not exist."""

    code = "unknown_scope"
    message = gettext_noop("There is no such key scope.")


class KeyRefusedError(TenantsError):
    """The API key is missing, unknown, revoked or expired; the answer is the same."""

    code = "unauthorized"
    message = gettext_noop("A valid API key is needed.")
    http_status = 401


class MissingKeyScopeError(TenantsError):
    """The API key is good but may not do this."""

    code = "missing_scope"
    message = gettext_noop("This API key may not do this.")
    http_status = 403


class MemberNotFoundError(NotFoundError):
    """No such person holds a role here."""

    code = "member_not_found"
    message = gettext_noop("There is no such member.")


class AlreadyMemberError(TenantsError):
    """The person holds a role here already."""

    code = "already_member"
    message = gettext_noop("This person is a member already.")
    http_status = 409


class AlreadyInvitedError(TenantsError):
    """An invitation of this address may still be accepted."""

    code = "already_invited"
    message = gettext_noop("This address is invited already. Send the invitation again instead.")
    http_status = 409


class LastOwnerError(TenantsError):
    """Without this person nobody could manage the others."""

    code = "last_owner"
    message = gettext_noop("At least one owner or admin must remain.")
    http_status = 409


class InvitationGoneError(NotFoundError):
    """The invitation is unknown, used, withdrawn or expired; the answer is the same."""

    code = "invitation_gone"
    message = gettext_noop("This invitation is no longer valid. Ask for a new one.")


class InvitationForOtherError(TenantsError):
    """The invitation was sent to another e-mail address than that of the person who is logged in."""

    code = "invitation_for_other"
    message = gettext_noop("This invitation was sent to another e-mail address. Log out first.")
    http_status = 403


class InvalidRoleError(TenantsError):
    """There is no such role here."""

    code = "invalid_role"
    message = gettext_noop("There is no such role.")


class SavedFilterNotFoundError(NotFoundError):
    """The person has no such saved filter, or may not change it."""

    code = "saved_filter_not_found"
    message = gettext_noop("There is no such saved filter.")


class ExportNotFoundError(NotFoundError):
    """The person has no such export, or its file is not kept."""

    code = "export_not_found"
    message = gettext_noop("There is no such file any more.")


class NoticeNotFoundError(NotFoundError):
    """The person was told no such thing."""

    code = "notice_not_found"
    message = gettext_noop("There is no such notification.")


class TooManyExportsError(TenantsError):
    """The person waits for as many files as one may."""

    code = "too_many_exports"
    message = gettext_noop("Several files are being written for you already. Wait for one of them.")
    http_status = 409


class FilterNameTakenError(TenantsError):
    """The person keeps another filter under this name."""

    code = "filter_name_taken"
    message = gettext_noop("Another filter has this name already.")
    http_status = 409


class TooManyFiltersError(TenantsError):
    """The person keeps as many filters as one may."""

    code = "too_many_filters"
    message = gettext_noop("You keep 50 filters already. Delete one first.")
    http_status = 409
