"""The wire itself: recorded requests as raw bytes, the shape of every answer, and bad input."""
