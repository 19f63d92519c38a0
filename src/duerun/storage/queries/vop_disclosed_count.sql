INSERT INTO vop_disclosure_counts (asker, minute, count) VALUES (%(asker)b, %(minute)s, %(count)s)
ON CONFLICT (asker, minute) DO UPDATE SET count = vop_disclosure_counts.count + excluded.count
