UPDATE installation SET turn = turn + 1, asked_since = coalesce(asked_since, now()) WHERE frozen_at IS NOT NULL RETURNING turn
