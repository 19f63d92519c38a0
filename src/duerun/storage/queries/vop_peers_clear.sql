DELETE FROM vop_peers
