WITH moved AS (
  UPDATE audit_head SET number = %(number)s, hash = %(hash)s
)
INSERT INTO audit_entries (number, account_id, livemode, actor, action, subject, details, happened_at, previous_hash, hash)
VALUES (%(number)s, %(account_id)s, %(livemode)s, %(actor)s, %(action)s, %(subject)s, %(details)s, %(happened_at)s,
  %(previous_hash)s, %(hash)s)
