-- Rows that have just come are not in the statistics: without this, a few thousand of them are compared with each other one by one.
SELECT set_config('enable_nestloop', 'off', true)
