SELECT count(*) OVER () AS count, file, line
FROM (
  SELECT file, line, row_number() OVER (PARTITION BY iban, remittance ORDER BY file, line) AS place FROM vop_load
) AS numbered
WHERE place > 1
ORDER BY file, line
LIMIT 1
