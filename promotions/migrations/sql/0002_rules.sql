-- What a campaign gives in a currency is of the campaign's own kind, so that one row's constraints can hold both.
ALTER TABLE promotions_campaign ADD CONSTRAINT promotions_campaign_benefit_scoped_key UNIQUE (provider_id, id, benefit);
ALTER TABLE promotions_terms ADD CONSTRAINT promotions_terms_benefit_scoped_fk
    FOREIGN KEY (provider_id, campaign_id, benefit) REFERENCES promotions_campaign (provider_id, id, benefit)
    ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE;

-- Once somebody has used a code of it, a campaign's terms stand; it may only be ended.
CREATE FUNCTION promotions_guard_campaign() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['uses', 'ended_at'];
BEGIN
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving)
       AND (OLD.provider_id <> NEW.provider_id OR OLD.public_id <> NEW.public_id
            OR EXISTS (SELECT 1 FROM promotions_redemption
                        WHERE provider_id = OLD.provider_id AND campaign_id = OLD.id)) THEN
        RAISE EXCEPTION 'campaign % was used and keeps its terms', OLD.public_id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_campaign_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_campaign_guarded BEFORE UPDATE ON promotions_campaign
    FOR EACH ROW EXECUTE FUNCTION promotions_guard_campaign();

CREATE FUNCTION promotions_guard_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    terms record;
BEGIN
    IF TG_OP = 'DELETE' THEN terms := OLD; ELSE terms := NEW; END IF;
    IF EXISTS (SELECT 1 FROM promotions_redemption
                WHERE provider_id = terms.provider_id AND campaign_id = terms.campaign_id) THEN
        RAISE EXCEPTION 'campaign % was used and keeps its terms', terms.campaign_id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_terms_kept';
    END IF;
    RETURN terms;
END $$;
CREATE TRIGGER promotions_terms_guarded BEFORE INSERT OR UPDATE OR DELETE ON promotions_terms
    FOR EACH ROW EXECUTE FUNCTION promotions_guard_terms();

-- A code stays the word of its campaign; it may only be withdrawn.
CREATE FUNCTION promotions_guard_code() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['uses', 'ended_at'];
BEGIN
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving) THEN
        RAISE EXCEPTION 'code % stays as it is', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_code_kept';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_code_guarded BEFORE UPDATE ON promotions_code
    FOR EACH ROW EXECUTE FUNCTION promotions_guard_code();

-- A use begins reserved; what it was for stands, and what was given is not let go.
CREATE FUNCTION promotions_guard_redemption() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    moving CONSTANT text[] := ARRAY['state', 'reserved_at', 'confirmed_at', 'discount_posting_id', 'bonus_posting_id',
                                    'bonus_expires_at'];
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'reserved' OR NOT EXISTS (
            SELECT 1 FROM promotions_code
             WHERE provider_id = NEW.provider_id AND id = NEW.code_id AND campaign_id = NEW.campaign_id) THEN
            RAISE EXCEPTION 'a use begins reserved, by a code of its campaign'
                USING ERRCODE = '23514', CONSTRAINT = 'promotions_redemption_begins';
        END IF;
        RETURN NEW;
    END IF;
    IF (to_jsonb(OLD) - moving) IS DISTINCT FROM (to_jsonb(NEW) - moving)
       OR (OLD.state = 'confirmed' AND to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)) THEN
        RAISE EXCEPTION 'use % keeps what it was for', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_redemption_kept';
    END IF;
    IF OLD.state = 'released' AND NEW.state = 'confirmed' THEN
        RAISE EXCEPTION 'use % was let go', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_redemption_transition';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER promotions_redemption_guarded BEFORE INSERT OR UPDATE ON promotions_redemption
    FOR EACH ROW EXECUTE FUNCTION promotions_guard_redemption();

-- The counters of campaign and code follow the living uses, whoever writes them: the limits are constraints on the
-- counters, and the row of the campaign is the lock under which a client's own uses are counted.
CREATE FUNCTION promotions_count_use() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    change integer := (NEW.state <> 'released')::integer;
    most integer;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        change := change - (OLD.state <> 'released')::integer;
    END IF;
    IF change = 0 THEN
        RETURN NULL;
    END IF;
    UPDATE promotions_campaign SET uses = uses + change
     WHERE provider_id = NEW.provider_id AND id = NEW.campaign_id RETURNING tenant_limit INTO most;
    UPDATE promotions_code SET uses = uses + change WHERE provider_id = NEW.provider_id AND id = NEW.code_id;
    IF change > 0 AND most < (
        SELECT count(*) FROM promotions_redemption
         WHERE provider_id = NEW.provider_id AND tenant_id = NEW.tenant_id AND campaign_id = NEW.campaign_id
           AND state <> 'released') THEN
        RAISE EXCEPTION 'client % has used campaign % often enough', NEW.tenant_id, NEW.campaign_id
            USING ERRCODE = '23514', CONSTRAINT = 'promotions_redemption_tenant_limit';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER promotions_redemption_counted AFTER INSERT OR UPDATE OF state ON promotions_redemption
    FOR EACH ROW EXECUTE FUNCTION promotions_count_use();
