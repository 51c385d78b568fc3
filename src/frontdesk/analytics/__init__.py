"""Figures about conversations and agents: read only, counted in the database."""
