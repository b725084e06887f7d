"""What the walk over the catalogue lets pass, each with its reason. A new line here is a decision, not a repair."""

from __future__ import annotations

# Tables without tenant data: what a person, a session or the installation needs before any provider is known.
GLOBAL_TABLES = {
    "account_emailaddress": "logins",
    "account_emailconfirmation": "logins",
    "auth_group": "operators",
    "auth_group_permissions": "operators",
    "auth_permission": "operators",
    "django_admin_log": "operators",
    "django_content_type": "Django",
    "django_migrations": "Django",
    "django_session": "logins",
    "mfa_authenticator": "logins",
    "pghistory_context": "unused: the histories hold their context themselves",
    "platform_cache": "counters of rate limits, no tenant's rows",
    "tenants_user": "logins",
    "tenants_user_groups": "operators",
    "tenants_user_user_permissions": "operators",
    "usersessions_usersession": "logins",
}

# The provider's own table: its id is the border.
PROVIDER_COLUMNS = {"tenants_provider": "id", "tenants_provider_event": "id"}

# Unique keys and indexes that do not begin with the provider.
FREE_INDEXES = {
    "tenants_provider_slug_key": "found before a scope is known",
    "tenants_provider_slug": "Django's companion of the key above",
    "tenants_host_proved_name": "found before a scope is known; a host shows one brand",
    "tenants_host_pending": "found before a scope is known; a name that waits serves nothing",
    "tenants_api_key_digest": "found before a scope is known",
    "tenants_invitation_digest": "found before a scope is known",
    "payments_credential_token": "a webhook's address is found before a scope is known",
    "tenants_provider_member_user_id": "a user's memberships are found before a scope is known",
    "tenants_tenant_member_user_id": "a user's memberships are found before a scope is known",
}

# Functions that act as the owner: before a scope is known, to make a partition, or to write what no login may write.
DEFINER_FUNCTIONS = {
    "lookup_api_key": "key -> provider",
    "lookup_invitation": "token -> place",
    "lookup_job_health": "when the platform's own jobs ran; times only, which everybody of a provider may know",
    "lookup_memberships": "user -> places",
    "lookup_provider_by_host": "host -> provider",
    "lookup_provider_by_slug": "command's argument -> provider",
    "lookup_webhook": "webhook's address -> connection",
    "tenants_token_login": "trigger: a login's new address -> the words of its tenants, of any provider",
    "tenants_token_new": "trigger: new tenants -> their words, which no login may write",
    "tenants_token_part": "trigger: member or profile -> the words of its tenant",
    "tenants_token_renamed": "trigger: name or external id -> the words of its tenant",
    "tenants_write_tokens": "called by those triggers only",
    "usage_ensure_event_month": "makes the partition of a month, which only the owner may",
}
