DROP TRIGGER invoicing_file_guarded ON invoicing_file;
DROP FUNCTION invoicing_guard_file();
