"""Text messages (SMS): conversations with telephones."""
