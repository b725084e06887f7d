DROP TRIGGER tax_exemption_guard ON tax_exemption;
DROP FUNCTION tax_guard_exemption();
ALTER TABLE tax_exemption DROP CONSTRAINT tax_exemption_days;
ALTER TABLE tax_registration DROP CONSTRAINT tax_registration_days;
ALTER TABLE tax_registration DROP CONSTRAINT tax_registration_one_home;
ALTER TABLE tax_rate DROP CONSTRAINT tax_rate_days;
ALTER TABLE tax_rate DROP CONSTRAINT tax_rate_no_overlap;
