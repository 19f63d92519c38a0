SELECT set_config('duerun.actor', %(actor)s, true)
