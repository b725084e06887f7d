DROP TRIGGER payments_method_setup_look_kept ON payments_method_setup;
DROP TRIGGER payments_attempt_look_kept ON payments_attempt;
DROP FUNCTION payments_guard_page_look();
