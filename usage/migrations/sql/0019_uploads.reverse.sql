DROP TRIGGER usage_upload_state ON usage_upload;
DROP FUNCTION usage_upload_state();
