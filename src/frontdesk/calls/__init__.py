"""The call centre: call rooms and their closing."""
