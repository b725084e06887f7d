DROP TRIGGER payments_bank_credit_new ON payments_bank_credit;
DROP FUNCTION payments_guard_new_bank_credit();
DROP TRIGGER payments_bank_return_guarded ON payments_bank_return;
DROP FUNCTION payments_guard_bank_return();
