DROP TRIGGER payments_bank_credit_guarded ON payments_bank_credit;
DROP FUNCTION payments_guard_bank_credit();
DROP TRIGGER payments_bank_line_guarded ON payments_bank_line;
DROP FUNCTION payments_guard_bank_line();
