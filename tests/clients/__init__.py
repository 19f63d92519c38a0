"""Clients that people use already, unchanged, against a running server."""
