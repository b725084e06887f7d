-- A customer's page says through which hour it is charged: a tenant reads the chunk that it lies in, and no other.
CREATE POLICY app_own_progress ON usage_charge_chunk FOR SELECT TO billing_app
    USING (provider_id = (SELECT scope_provider_id())
           AND t_from <= (SELECT scope_tenant_id()) AND t_to > (SELECT scope_tenant_id()));
