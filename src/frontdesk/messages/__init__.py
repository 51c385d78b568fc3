"""Messages: sending, editing, deleting, reading, and what a message sets off."""
