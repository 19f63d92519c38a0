-- Nobody holds what a half needs for as long, but the other half, which waits for this one.
SELECT set_config('lock_timeout', '3s', true)
