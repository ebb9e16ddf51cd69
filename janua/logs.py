"""Structured logs: one JSON line per happening, with the request's id; never a body, a query or a header."""

import logging
import logging.config
import sys

import structlog

from core import context

# Only these fields of an event leave the process: a secret that slips into a log call stays here.
ALLOWED_FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "method",
        "route",
        "status",
        "duration_ms",
        "actor_id",
        "session_id",
        "client_id",
        "task",
        "mail_id",
        "mail_kind",
        "sms_id",
        "sms_kind",
        "attempts",
        "limit",
        "reason",
        "host",
        "exception",
        "error",
        "count",
        "kid",
        "command",
    }
)
MAX_FIELD_LENGTH = 2000


def keep_allowed_fields(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Drop unknown fields, cap and flatten the rest (no line breaks or terminal escapes from outside)."""
    return {name: _flat(value) for name, value in event.items() if name in ALLOWED_FIELDS}


def _flat(value: object) -> object:
    return value[:MAX_FIELD_LENGTH] if isinstance(value, str) else value


class StandardError(structlog.WriteLogger):
    """Where our own loggers write their finished lines: past the standard library, which takes twice as long."""

    def __init__(self, name: str = "") -> None:
        super().__init__(sys.stderr)
        self.name = name


def logging_config(level: str) -> None:
    """One JSON stream on standard error, from structlog and from the standard library's loggers."""
    shared: list[structlog.typing.Processor] = [
        context.name_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendering: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        keep_allowed_fields,
        structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, *rendering],
        logger_factory=StandardError,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": {
                # Refused requests are in the access line already; Django's own line would print the raw path.
                "django.request": {"level": "CRITICAL"},
                "django.security": {"level": "CRITICAL"},
                "httpcore": {"level": "WARNING"},
            },
        }
    )
