"""The API frame: what every endpoint has in common, from the request line to the envelope."""

from frontdesk.http.call import Call, Principal
from frontdesk.http.operation import Operation, Rate, Routes

__all__ = ["Call", "Operation", "Principal", "Rate", "Routes"]
