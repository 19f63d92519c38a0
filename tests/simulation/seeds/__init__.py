"""The deterministic simulation: engine, clocks, processor and faults under one seed, over a real PostgreSQL."""
