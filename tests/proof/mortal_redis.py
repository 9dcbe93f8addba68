"""A Redis as deploy/redis/redis.conf sets it up, which is killed, frozen and started again."""

import shutil
import signal
import subprocess
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.run_postgres import free_port

from .processes import wait_until

PROGRAM = shutil.which("redis-server")


class MortalRedis:
    """A cache only: what it held is gone with it."""

    process: subprocess.Popen

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        self.process = subprocess.Popen(
            [PROGRAM, *options], cwd=self.directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        wait_until(self.size_or_none, "Redis answers")

    def size_or_none(self) -> str | None:
        """How much it holds, as text; None while it is away."""
        try:
            with Redis.from_url(self.url, socket_timeout=1) as client:
                return str(client.dbsize())
        except (OSError, RedisError):
            return None

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """It takes connections, and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)
