"""One server process: how uvicorn makes the application, alone or as one of several workers."""

import logging
import os
import sys

import msgspec
import structlog

from frontdesk.app import create_app
from frontdesk.config import Config
from frontdesk.http.router import Router

#: Carries the options of the command line to the worker processes.
OPTIONS_VARIABLE = "_FRONTDESK_OPTIONS"


def encode_options(options: dict[str, object]) -> str:
    """Return the options as text for the environment."""
    return msgspec.json.encode(options).decode()


def application() -> Router:
    """Return the application that the options in the environment describe."""
    config = Config.from_options(**msgspec.json.decode(os.environ[OPTIONS_VARIABLE]))
    configure_logging(config.log_level)
    return create_app(config)


def configure_logging(level: str) -> None:
    """Log one JSON object per line to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
