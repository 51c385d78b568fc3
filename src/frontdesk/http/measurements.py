"""Counters and times of the frame, for /metrics."""

from prometheus_client import Counter, Histogram

from frontdesk.http.operation import Operation

REQUESTS = Counter("frontdesk_requests", "Answered requests", ["method", "path", "status"])
SECONDS = Histogram(
    "frontdesk_request_seconds",
    "Time to answer",
    ["method", "path"],
    buckets=(0.002, 0.01, 0.05, 0.25, 1, 5),
)


class Timer:
    """The measurements of one operation, looked up once."""

    def __init__(self, operation: Operation) -> None:
        self._method = operation.method
        self._path = operation.path
        self._seconds = SECONDS.labels(operation.method, operation.path)
        self._statuses: dict[int, Counter] = {}

    def note(self, status: int, seconds: float) -> None:
        """Count an answer and the time that it took."""
        counter = self._statuses.get(status)
        if counter is None:
            counter = REQUESTS.labels(self._method, self._path, str(status))
            self._statuses[status] = counter
        counter.inc()
        self._seconds.observe(seconds)


def timer(operation: Operation) -> Timer:
    """Return the measurements of an operation."""
    return Timer(operation)
