"""Durable jobs and timers: what was promised for later, kept in the database.

A feature calls `enqueue` in the transaction that makes the promise, and offers a handler for the
kind; `worker.Worker` runs it. Kinds are named `<folder>.<act>`, for example `mail.send`.
"""

from frontdesk.jobs.queue import cancel, enqueue, finish
from frontdesk.jobs.run import GiveUp, Handler, JobRun, LeaseLost

__all__ = ["GiveUp", "Handler", "JobRun", "LeaseLost", "cancel", "enqueue", "finish"]
