DROP FUNCTION lookup_invitation(bytea, timestamptz);
