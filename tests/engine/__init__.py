"""The engine's loops, on a database of their own."""
