UPDATE bulk_chunk SET error_code = 'duplicate_schedule' WHERE row_number = ANY (%(row_numbers)s)
