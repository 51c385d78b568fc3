"""E-mail inboxes: conversations by mail."""
