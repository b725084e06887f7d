-- Two rates of one place never hold on one day, whatever was checked before.
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_no_overlap
    EXCLUDE USING gist (int8range(provider_id, provider_id, '[]') WITH &&,
                        int8range(place_id, place_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_days CHECK (NOT isempty(valid) AND NOT lower_inf(valid));

-- A provider is established in one place on any day.
ALTER TABLE tax_registration ADD CONSTRAINT tax_registration_one_home
    EXCLUDE USING gist (int8range(provider_id, provider_id, '[]') WITH &&, valid WITH &&) WHERE (is_home);
ALTER TABLE tax_registration ADD CONSTRAINT tax_registration_days CHECK (NOT isempty(valid) AND NOT lower_inf(valid));

ALTER TABLE tax_exemption ADD CONSTRAINT tax_exemption_days CHECK (NOT isempty(valid) AND NOT lower_inf(valid));

-- What was decided stays so: an answer may only be withdrawn.
CREATE FUNCTION tax_guard_exemption() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.provider_id, OLD.tenant_id, OLD.public_id, OLD.country, OLD.region, OLD.certificate, OLD.digest)
       IS DISTINCT FROM
       (NEW.provider_id, NEW.tenant_id, NEW.public_id, NEW.country, NEW.region, NEW.certificate, NEW.digest) THEN
        RAISE EXCEPTION 'an exemption is asked for once and not rewritten' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state IS DISTINCT FROM NEW.state AND NOT (
        OLD.state = 'asked' OR (OLD.state = 'accepted' AND NEW.state = 'withdrawn')) THEN
        RAISE EXCEPTION 'an exemption does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tax_exemption_guard BEFORE UPDATE ON tax_exemption
    FOR EACH ROW EXECUTE FUNCTION tax_guard_exemption();
