#!/bin/bash
# Runs once, when the PostgreSQL volume is new: the role of cdc and a small shop.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres -d app -v password="$CDC_POSTGRES_PASSWORD" <<'SQL'
CREATE ROLE cdc LOGIN REPLICATION PASSWORD :'password';
CREATE SCHEMA shop;
CREATE TABLE shop.customers (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE
);
CREATE TABLE shop.orders (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES shop.customers,
  status TEXT NOT NULL DEFAULT 'new',
  total NUMERIC(10, 2) NOT NULL,
  placed_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
-- A rule that looks at the row as it was needs the whole old row in the log.
ALTER TABLE shop.orders REPLICA IDENTITY FULL;
GRANT CREATE ON DATABASE app TO cdc;
GRANT USAGE ON SCHEMA shop TO cdc;
GRANT SELECT ON ALL TABLES IN SCHEMA shop TO cdc;
-- Only the owner of a table may add it to a publication, so the publication is
-- made here; cdc finds it and leaves it as it is.
CREATE PUBLICATION cdc_shop FOR TABLE shop.customers, shop.orders;
SQL
