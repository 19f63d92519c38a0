"""Yardsticks: the same work written by hand, without anything that a product needs besides."""
