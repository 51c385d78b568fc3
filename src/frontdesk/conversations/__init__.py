"""Conversations: rooms and inquiries, from opening to the closed record."""
