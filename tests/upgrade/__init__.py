"""Processes of two versions over one database, restarted in turn."""
