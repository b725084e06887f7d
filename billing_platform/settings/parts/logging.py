"""Logs go to standard error: one JSON object a line in production, plain lines for people elsewhere."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

EXTRA_FIELDS = ("request_id", "provider_id", "tenant_id", "job")


class JsonFormatter(logging.Formatter):
    """One line of JSON: time, level, logger, message, the error's trace, and the ids a caller handed in."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in EXTRA_FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_settings(*, as_json: bool, level: str) -> dict[str, Any]:
    """Return Django's `LOGGING`.

    Args:
        as_json: whether machines read the log.
        level: the lowest level shown, such as `INFO`.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "billing_platform.settings.parts.logging.JsonFormatter"},
            "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
        },
        "handlers": {
            "console": {
                "class": "logging.StreamHandler",
                "formatter": "json" if as_json else "plain",
            }
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            # paypalrestsdk writes bearer tokens and bodies at DEBUG
            "paypalrestsdk": {"level": "WARNING"},
        },
    }
