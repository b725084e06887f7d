DROP POLICY app_own_progress ON usage_charge_chunk;
