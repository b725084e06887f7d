-- The floor of ingestion: ids remembered, hourly and running totals kept, on bare tables.
CREATE SCHEMA ingest_floor;

CREATE TABLE ingest_floor.event_key (
    key uuid PRIMARY KEY,
    digest uuid NOT NULL
);

CREATE TABLE ingest_floor.usage_hour (
    tenant_id bigint NOT NULL,
    meter_id bigint NOT NULL,
    hour timestamptz NOT NULL,
    quantity numeric NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (tenant_id, meter_id, hour)
) WITH (fillfactor = 80);

CREATE TABLE ingest_floor.usage_total (
    tenant_id bigint NOT NULL,
    meter_id bigint NOT NULL,
    quantity numeric NOT NULL,
    PRIMARY KEY (tenant_id, meter_id)
) WITH (fillfactor = 70);
