"""gunicorn, behind nginx: gunicorn --config deploy/gunicorn.conf.py inventory_project.wsgi"""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))  # POOL_MAX_SIZE should be as large
timeout = 90  # above STATEMENT_TIMEOUT_SECONDS, so that the database gives up first
graceful_timeout = 30
max_requests, max_requests_jitter = 10_000, 1_000
worker_tmp_dir = "/dev/shm"
