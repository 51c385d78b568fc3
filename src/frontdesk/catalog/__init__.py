"""What conversations are ranked and marked with: priorities, SLA policies, tags."""
