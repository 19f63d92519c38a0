"""Benchmarks: one command, figures as a table and as JSON. Nothing here is a test: no figure fails a build."""
