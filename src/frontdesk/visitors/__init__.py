"""Visitors: the people who write to the front desk."""
