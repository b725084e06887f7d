DROP INDEX usage_price_minimum;
