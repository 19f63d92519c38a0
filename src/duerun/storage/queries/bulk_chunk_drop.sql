DROP TABLE IF EXISTS pg_temp.bulk_chunk
