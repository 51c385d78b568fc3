"""Agents, their availability, and the departments they belong to."""
