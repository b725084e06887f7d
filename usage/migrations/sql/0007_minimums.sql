-- The hourly job asks each time which prices are due without usage; few are.
CREATE INDEX usage_price_minimum ON usage_price (provider_id, id) WHERE has_minimum;
