"""Duerun: an open engine for payments that fall due."""

__version__ = "0.1.0"
