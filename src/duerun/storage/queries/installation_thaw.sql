UPDATE installation SET frozen_at = NULL, reason = NULL, asked_since = NULL WHERE turn = %(turn)s AND frozen_at IS NOT NULL
