"""Runs the example deployment once, on 127.0.0.1 and free ports, asks it a few things, and stops it again.

    python deploy/try_it.py

nginx with TLS, gunicorn and the worker with production's settings, PgBouncer, Redis, a PostgreSQL of its own and its
replica, from the files that lie here, and a mail server that keeps what it is given. Needs:
apt-get install nginx-light redis-server pgbouncer postgresql openssl
"""

import os
import re
import secrets
import shutil
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg

DEPLOY = Path(__file__).resolve().parent
ROOT = DEPLOY.parent
sys.path.insert(0, str(ROOT))

from tests.replication.pair import Replica  # noqa: E402
from tests.run_postgres import Server, find_server_programs, free_port  # noqa: E402

HOST = "inventory.example.com"
REQUESTS, CLIENTS = 400, 8
PATIENCE = 60


class Letters(socketserver.StreamRequestHandler):
    """As much of a mail server as a letter needs."""

    received: list[str]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(
                b"354 go on\r\n" if word == b"DATA" else b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n"
            )
            if word == b"DATA":
                self.received.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.wfile.write(b"250 kept\r\n")
            if word == b"QUIT":
                return


class Stack:
    """All processes of it, each stopped by itself."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.ports = {name: free_port() for name in ("http", "https", "web", "pgbouncer", "redis")}
        self.processes: list[subprocess.Popen] = []
        self.database = Server(find_server_programs(), directory / "postgresql")
        self.database.directory.mkdir()
        self.replica = Replica(self.database.bin, directory / "replica")
        self.replica.directory.mkdir()
        self.letters: list[str] = []
        handler = type("Handler", (Letters,), {"received": self.letters})
        self.mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.mail.serve_forever, daemon=True).start()

    def file(self, name: str, source: str, **changes: str) -> Path:
        """A file of deploy/, with the places and ports of this try."""
        text = (DEPLOY / source).read_text()
        for written, here in changes.items():
            assert written in text, f"{source} has no {written}"
            text = text.replace(written, here)
        path = self.directory / name
        path.write_text(text)
        return path

    def start(self, *command: object, **environment: str) -> None:
        with (self.directory / f"{Path(str(command[0])).name}.log").open("a") as log:
            self.processes.append(
                subprocess.Popen(
                    [str(part) for part in command],
                    cwd=ROOT,
                    env={**os.environ, **environment},
                    stdout=log,
                    stderr=log,
                )
            )

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        self.replica.stop()
        self.database.stop()
        self.mail.shutdown()

    def settings(self) -> dict[str, str]:
        return {
            "ENVIRONMENT": "production",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.ports['pgbouncer']}/inventory",
            "DIRECT_DATABASE_URL": self.database.url,
            "PGBOUNCER": "true",
            "REPLICA_URLS": self.replica.url,
            "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(self.mail.server_address[1]),
            "MAIL_SECURITY": "none",
            "MAIL_FROM": f"inventory@{HOST}",
            "TRUSTED_PROXY_COUNT": "1",
            "CACHE_URL": f"redis://127.0.0.1:{self.ports['redis']}/0",
            "STATIC_ROOT": str(self.directory / "static"),
            "MEDIA_ROOT": str(self.directory / "media"),
            "DOCUMENTS_ROOT": str(self.directory / "documents"),
            "BACKUPS_URL": str(self.directory / "backups"),
            "BIND": f"127.0.0.1:{self.ports['web']}",
        }

    def start_servers(self) -> None:
        self.database.start()
        self.replica.follow(self.database)
        self.start_pgbouncer()
        redis = self.file("redis.conf", "redis/redis.conf", **{"port 6379": f"port {self.ports['redis']}"})
        self.start("redis-server", redis, "--dir", self.directory)

    def start_pgbouncer(self) -> None:
        path = self.file(
            "pgbouncer.ini",
            "pgbouncer/pgbouncer.ini",
            **{
                "port=5432": f"port={self.database.port}",
                "listen_port = 6432": f"listen_port = {self.ports['pgbouncer']}",
                "scram-sha-256": "trust",
                "/etc/pgbouncer/userlist.txt": str(self.directory / "userlist.txt"),
            },
        )
        (self.directory / "userlist.txt").write_text('"postgres" ""\n')
        as_user = ["-u", "postgres"] if os.geteuid() == 0 else []
        self.start("pgbouncer", *as_user, path)

    def start_nginx(self) -> None:
        certificate = ["-keyout", self.directory / "key.pem", "-out", self.directory / "certificate.pem"]
        request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
        subprocess.run([*request, *certificate], check=True, capture_output=True)
        site = self.file(
            "site.conf",
            "nginx/inventory.conf",
            **{
                "server 127.0.0.1:8000": f"server 127.0.0.1:{self.ports['web']}",
                "listen 80;": f"listen 127.0.0.1:{self.ports['http']};",
                "listen 443 ssl": f"listen 127.0.0.1:{self.ports['https']} ssl",
                "/etc/ssl/inventory/fullchain.pem": str(self.directory / "certificate.pem"),
                "/etc/ssl/inventory/privkey.pem": str(self.directory / "key.pem"),
                "/srv/inventory/media/": f"{self.directory}/media/",
            },
        )
        main = self.directory / "nginx.conf"
        main.write_text(
            f"pid {self.directory}/nginx.pid; error_log {self.directory}/nginx-error.log; events {{}}\n"
            f"http {{ access_log off; include /etc/nginx/mime.types; include {site}; }}\n"
        )
        self.start("nginx", "-p", self.directory, "-c", main, "-g", "daemon off;")

    def ask(
        self,
        path: str,
        scheme: str = "https",
        form: dict[str, str] | None = None,
        cookies: CookieJar | None = None,
        **headers: str,
    ) -> tuple[int, str, dict[str, str]]:
        address = f"{scheme}://127.0.0.1:{self.ports[scheme]}{path}"
        headers |= {"Host": HOST, "Referer": f"https://{HOST}{path}"}
        content = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(address, data=content, headers=headers)
        trusting = ssl._create_unverified_context()  # its certificate was made a moment ago
        keeping = urllib.request.HTTPCookieProcessor(cookies)
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting), Stay(), keeping)
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except urllib.error.HTTPError as answer:
            return answer.code, "", dict(answer.headers)


class Stay(urllib.request.HTTPRedirectHandler):
    """Shows redirections instead of following them."""

    def redirect_request(self, *args: object) -> None:
        return None


def manage(settings: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **settings}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def check(what: str, holds: bool) -> None:
    print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
    if not holds:
        raise SystemExit(1)


def happens(condition: Callable[[], bool]) -> bool:
    """Whether it comes true before patience ends."""
    for _attempt in range(PATIENCE * 5):
        try:
            if condition():
                return True
        except OSError:
            pass
        time.sleep(0.2)
    return False


def try_it(stack: Stack) -> None:
    stack.start_servers()
    settings = stack.settings()
    settings["BACKUP_KEY"] = manage(settings, "create_backup_key")
    begun = time.monotonic()
    manage(settings, "migrate", "--verbosity", "0")
    manage(settings, "collectstatic", "--noinput", "--verbosity", "0")
    print(f"     migrate (through PgBouncer) and collectstatic: {time.monotonic() - begun:.0f} s")
    gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--config", DEPLOY / "gunicorn.conf.py"]
    stack.start(*gunicorn, "inventory_project.wsgi", **settings)
    stack.start(sys.executable, "manage.py", "db_worker", **settings)
    stack.start_nginx()
    happens(lambda: stack.ask("/health/ready/")[0] == 200)
    status, text, _headers = stack.ask("/health/ready/")
    check(f"ready behind nginx, through PgBouncer: {text}", status == 200)
    try_pages(stack)
    try_worker_and_replica(stack, settings)
    check(f"backup: {manage(settings, 'backup')}", True)
    check(f"rehearsal: {manage(settings, 'verify_backup')}", True)


def try_pages(stack: Stack) -> None:
    status, _text, headers = stack.ask("/admin/", scheme="http")
    check("plain http is sent to https", status == 301 and headers["Location"].startswith("https://"))
    status, page, headers = stack.ask("/admin/login/")
    check("the page for signing in, with HSTS and CSP", status == 200 and "Strict-Transport-Security" in headers)
    style = re.search(r'href="(/static/[^"]+\.css)"', page)[1]
    status, _text, headers = stack.ask(style)
    check("static files are cached for ever", status == 200 and "immutable" in headers["Cache-Control"])
    check("figures are not for everybody", stack.ask("/metrics")[0] == 404)
    check("the API wants a key", stack.ask("/api/v1/orders/")[0] == 401)
    begun = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(lambda _number: stack.ask("/admin/login/")[0], range(REQUESTS)))
    rate = REQUESTS / (time.monotonic() - begun)
    check(f"{REQUESTS} pages for {CLIENTS} clients at once, {rate:.0f} a second", set(statuses) == {200})


def try_worker_and_replica(stack: Stack, settings: dict[str, str]) -> None:
    """What a page asks for is done by the worker, and what an API list reads is read from the replica."""
    person = {"DJANGO_SUPERUSER_PASSWORD": secrets.token_urlsafe(20), "DJANGO_SUPERUSER_EMAIL": f"root@{HOST}"}
    manage(settings | person, "createsuperuser", "--noinput", "--username", "root")
    path, cookies = "/admin/password-link/", CookieJar()
    page = stack.ask(path, cookies=cookies)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    cookie = "; ".join(f"{each.name}={each.value}" for each in cookies)
    form = {"csrfmiddlewaretoken": token, "email": f"root@{HOST}"}
    status, _text, _headers = stack.ask(path, form=form, Cookie=cookie)
    check("a link for a new password is asked for on the page", status == 302)
    check("the worker sends it", happens(lambda: any(f"https://{HOST}/admin/password/" in s for s in stack.letters)))
    key = manage(settings, "create_api_token", "root", "--name", "try").split()[-1]
    before = reads(stack)
    check("the API answers its key", stack.ask("/api/v1/products/", Authorization=f"Bearer {key}")[0] == 200)
    check("what it lists is read from the replica", happens(lambda: reads(stack) > before))


def reads(stack: Stack) -> int:
    """How often the table of products has been read on the replica."""
    with psycopg.connect(stack.replica.url) as connection:
        sql = "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'product'"
        return connection.execute(sql).fetchone()[0]


def main() -> int:
    missing = [name for name in ("nginx", "redis-server", "pgbouncer", "openssl") if not shutil.which(name)]
    if missing:
        print(f"Not installed: {', '.join(missing)}", file=sys.stderr)
        return 2
    directory = Path(tempfile.mkdtemp(prefix="inventory-try-", dir="/tmp"))
    directory.chmod(0o755)
    stack = Stack(directory)
    try:
        try_it(stack)
    finally:
        stack.stop()
        shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
