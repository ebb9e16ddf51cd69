"""How gunicorn serves Janua: workers that share nothing, behind no particular proxy."""

import gc
from importlib import import_module
from typing import Any

from janua.config import get_config

options = get_config()
bind = f"{options.bind_host}:{options.port}"
workers = options.web_workers
worker_class = "janua.threads.WarmWorker"
threads = options.web_threads
preload_app = True  # one import for all workers: quicker start, shared memory
timeout = 30
graceful_timeout = 20
keepalive = 5
backlog = 1024
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190
forwarded_allow_ips = ""  # proxies are believed by core.middleware, by TRUSTED_PROXIES only
control_socket_disable = True
errorlog = "-"
loglevel = options.log_level.lower()


def on_starting(_server: Any) -> None:
    """The application is loaded, no worker is forked yet: what is here now, all workers share."""
    from janua.startup import refuse_unprepared

    refuse_unprepared()
    import_module("janua.urls")  # and with it every view
    gc.collect()
    gc.freeze()  # else the workers' collections would write into what they share


def post_worker_init(_worker: Any) -> None:
    """Where there is no broker, one worker also does the periodic work."""
    from core.background import start_scheduler
    from janua.schedule import PERIODIC

    start_scheduler(PERIODIC)
