SELECT event_write(%(event_id)s, %(account_id)s, %(livemode)s, %(event_key)s, %(object_id)s, %(event_data)s,
  %(event_bare)s, %(api_version)s, %(event_at)s, %(uri)s) AS problem
