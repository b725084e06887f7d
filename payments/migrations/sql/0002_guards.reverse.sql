DROP FUNCTION lookup_webhook(text);
DROP TRIGGER payments_connection_guarded ON payments_connection;
DROP FUNCTION payments_guard_connection();
DROP TRIGGER payments_attempt_guarded ON payments_attempt;
DROP FUNCTION payments_guard_attempt();
