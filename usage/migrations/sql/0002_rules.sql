-- Full UTC hours: totals can be rebuilt from hourly rows only when every boundary is one.
CREATE FUNCTION is_full_hour(at timestamptz) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT extract(epoch FROM at) % 3600 = 0 $$;

ALTER TABLE usage_hour ADD CONSTRAINT usage_hour_full_hour CHECK (extract(epoch FROM hour) % 3600 = 0);
ALTER TABLE usage_price ADD CONSTRAINT usage_price_full_hours
    CHECK ((valid_from IS NULL OR is_full_hour(valid_from)) AND (valid_to IS NULL OR is_full_hour(valid_to)));
ALTER TABLE usage_subscription ADD CONSTRAINT usage_subscription_full_hours
    CHECK (is_full_hour(starts_at) AND (ends_at IS NULL OR is_full_hour(ends_at)));
ALTER TABLE usage_subscription_item ADD CONSTRAINT usage_subscription_item_full_hours
    CHECK (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid))));
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_full_hours
    CHECK (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid))));
ALTER TABLE usage_price_override ADD CONSTRAINT usage_price_override_full_hours
    CHECK (lower_inc(valid) AND NOT upper_inc(valid) AND is_full_hour(lower(valid)) AND (upper_inf(valid) OR is_full_hour(upper(valid))));

-- One price at a time. GiST has no operator class for bigint in core, so ids stand as ranges of one value.
ALTER TABLE usage_subscription_item ADD CONSTRAINT usage_subscription_item_no_overlap EXCLUDE USING gist (
    int8range(provider_id, provider_id, '[]') WITH &&, int8range(subscription_id, subscription_id, '[]') WITH &&,
    int8range(price_id, price_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_no_overlap EXCLUDE USING gist (
    int8range(provider_id, provider_id, '[]') WITH &&, int8range(subscription_id, subscription_id, '[]') WITH &&,
    int8range(meter_id, meter_id, '[]') WITH &&, valid WITH &&) WHERE (meter_id IS NOT NULL);
ALTER TABLE usage_rate_segment ADD CONSTRAINT usage_rate_segment_item_no_overlap EXCLUDE USING gist (
    int8range(provider_id, provider_id, '[]') WITH &&, int8range(item_id, item_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE usage_price_override ADD CONSTRAINT usage_price_override_no_overlap EXCLUDE USING gist (
    int8range(provider_id, provider_id, '[]') WITH &&, int8range(tenant_id, tenant_id, '[]') WITH &&,
    int8range(price_id, price_id, '[]') WITH &&, valid WITH &&);

-- What is active stays as it is: only the end of a price's validity may still be set, and a version may retire.
CREATE FUNCTION usage_keep_active_price() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.activated_at IS NOT NULL THEN
            RAISE EXCEPTION 'price % is active and cannot be deleted', OLD.id USING ERRCODE = '55000';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.activated_at IS NOT NULL AND (to_jsonb(OLD) - 'valid_to') IS DISTINCT FROM (to_jsonb(NEW) - 'valid_to') THEN
        RAISE EXCEPTION 'price % is active and cannot be changed', OLD.id USING ERRCODE = '55000';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER usage_price_keep_active BEFORE UPDATE OR DELETE ON usage_price
    FOR EACH ROW EXECUTE FUNCTION usage_keep_active_price();

CREATE FUNCTION usage_keep_active_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    IF OLD.state = 'draft' AND (TG_OP = 'DELETE' OR NEW.state IN ('draft', 'active')) THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'active' AND NEW.state = 'retired'
        AND (to_jsonb(OLD) - 'state') = (to_jsonb(NEW) - 'state') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'version % of plan % is % and cannot be changed', OLD.number, OLD.plan_id, OLD.state USING ERRCODE = '55000';
END $$;
CREATE TRIGGER usage_plan_version_keep_active BEFORE UPDATE OR DELETE ON usage_plan_version
    FOR EACH ROW EXECUTE FUNCTION usage_keep_active_version();

-- The mark of a change carries its transaction, see usage.services.marks.
ALTER TABLE usage_mark ALTER COLUMN xid SET DEFAULT (pg_current_xact_id()::text::bigint);

-- Rows that the job rewrites each hour stay on their page (HOT), and are vacuumed early.
ALTER TABLE usage_hour SET (fillfactor = 80);
ALTER TABLE usage_total SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE usage_charge_chunk SET (fillfactor = 50);
ALTER TABLE usage_mark SET (autovacuum_vacuum_scale_factor = 0.05);
