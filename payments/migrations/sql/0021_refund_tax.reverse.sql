DROP TRIGGER payments_refund_tax_guarded ON payments_refund;
DROP FUNCTION payments_guard_refund_tax();
