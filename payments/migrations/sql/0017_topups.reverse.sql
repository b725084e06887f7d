DROP TRIGGER payments_topup_guarded ON payments_topup;
DROP FUNCTION payments_guard_topup();
