"""Triggers: what the widget says or does by itself, and when."""
