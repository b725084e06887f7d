DROP TRIGGER payments_refund_guarded ON payments_refund;
DROP FUNCTION payments_guard_refund();
