DROP TRIGGER accounts_period_guarded ON accounts_period;
DROP FUNCTION accounts_guard_period();
