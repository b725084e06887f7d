DROP TRIGGER accounts_approval_keep ON accounts_approval;
DROP FUNCTION accounts_keep_approval();
