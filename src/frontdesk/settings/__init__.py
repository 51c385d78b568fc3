"""Workspace settings: what exists (registry) and what is set (workspace)."""
