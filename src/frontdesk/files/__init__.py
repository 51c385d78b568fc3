"""Stored files: a local folder or an object store."""

from frontdesk.files.tables import StoredFile

__all__ = ["StoredFile"]
