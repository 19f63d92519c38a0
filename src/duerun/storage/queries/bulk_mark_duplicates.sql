UPDATE bulk_chunk c
SET error_code = 'duplicate_schedule', error_message = 'Schedule already exists for customer: row ' || t.earlier || ' of this file'
FROM unnest(%(row_numbers)b::integer[], %(earlier)b::integer[]) AS t (row_number, earlier)
WHERE c.row_number = t.row_number
