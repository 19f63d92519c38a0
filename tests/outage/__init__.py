"""A database that takes no changes, no connections, or has no room: reads, writes, sends, and what comes after."""
