"""Who somebody is and what they may do: users, log-in, tokens, roles, permissions."""
