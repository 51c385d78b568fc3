"""A whole server in the test's own process, whose patience a test may shorten."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn

from frontdesk.app import create_app
from frontdesk.config import Config
from frontdesk.realtime.wire import LARGEST_MESSAGE
from tests.harness.processes import free_port


@asynccontextmanager
async def serving(directory: Path) -> AsyncIterator[str]:
    """Serve on an SQLite file in an empty folder, as `frontdesk serve` does; yield the URL."""
    port = free_port()
    config = Config.from_options(
        port=port, data_dir=directory / "data", environment={"TEST_MODE": "true"}
    )
    app = await asyncio.to_thread(create_app, config)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            log_level="warning",
            ws="frontdesk.realtime.wire:WebSocketProtocol",
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=None,
            ws_per_message_deflate=False,
        )
    )
    running = asyncio.create_task(server._serve())  # without its signal handlers
    while not server.started:
        await asyncio.sleep(0.01)  # it tells nobody
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await running
