SELECT entry FROM vop_peers ORDER BY bic
