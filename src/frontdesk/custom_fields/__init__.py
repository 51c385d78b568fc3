"""Custom fields: what a workspace wants to know of visitors and conversations besides the usual."""
