INSERT INTO vop_chunks (task_number, chunk_number, state, first_line, records, repeated_lines, lines)
VALUES (%(task_number)s, %(chunk_number)s, 'received', %(first_line)s, %(records)s, %(repeated_lines)s, %(lines)b)
