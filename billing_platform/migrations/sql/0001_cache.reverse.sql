DROP TABLE platform_cache;
