"""Frontdesk: a self-hosted front desk for customer conversations."""

__version__ = "0.1.0"
