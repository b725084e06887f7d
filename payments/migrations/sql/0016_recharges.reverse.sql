DROP TRIGGER payments_recharge_guarded ON payments_recharge;
DROP FUNCTION payments_guard_recharge();
