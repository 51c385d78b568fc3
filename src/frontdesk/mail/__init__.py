"""Composing and sending e-mail."""
