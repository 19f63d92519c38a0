ANALYZE vop_load
