"""Fan-out of committed events."""
