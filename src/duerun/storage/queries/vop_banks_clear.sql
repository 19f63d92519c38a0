DELETE FROM vop_banks
