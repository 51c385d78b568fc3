"""Mail to the users of the workspace."""
