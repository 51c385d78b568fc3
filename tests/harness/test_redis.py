import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.harness.redis import RedisServer


def test_it_keeps_a_value(redis_server: RedisServer):
    with Redis.from_url(redis_server.url) as client:
        client.set("visitor", "Ada")
        assert client.get("visitor") == b"Ada"


def test_after_a_restart_it_is_empty_at_the_same_address(redis_server: RedisServer):
    with Redis.from_url(redis_server.url) as client:
        client.set("visitor", "Ada")
        redis_server.stop()
        with pytest.raises(RedisConnectionError):
            client.get("visitor")
        redis_server.start()
        assert client.get("visitor") is None
