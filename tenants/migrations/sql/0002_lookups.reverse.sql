DROP FUNCTION lookup_memberships(bigint);
DROP FUNCTION lookup_provider_by_slug(text);
DROP FUNCTION lookup_provider_by_host(text);
