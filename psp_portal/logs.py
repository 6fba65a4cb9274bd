"""How log lines are made: one JSON object each, with ids and no personal data."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# What stands in for a thing that must not be in a log.
HIDDEN = "[hidden]"

E_MAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
# Account numbers, telephone numbers, sort codes: six digits and more, with or without gaps. Not a part of an id.
LONG_NUMBER = re.compile(r"(?<![\w-])\+?\d(?:[ -]?\d){5,}(?![\w-])")
# PostgreSQL repeats the row's values behind these words.
ROW_VALUES = re.compile(r"(DETAIL:|CONTEXT:).*?(?=\n\S|\Z)", re.DOTALL)
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A long part of an address that is no id is a key to something: an invitation, a reset of a password.
KEY_IN_ADDRESS = re.compile(rf"(?<=/)(?!{UUID}(?:/|$))[\w:=.~-]{{24,}}(?=/|$)")
# Written by the machine: times and ids, not words.
LEFT_ALONE = {"timestamp", "request_id", "correlation_id", "user_id", "task_id", "parent_task_id", "code", "level"}


def without_personal_data(text: str) -> str:
    """Return the text with e-mail addresses, long numbers and a database row's values hidden."""
    text = ROW_VALUES.sub(rf"\1 {HIDDEN}", text)
    return LONG_NUMBER.sub(HIDDEN, E_MAIL.sub(HIDDEN, text))


def hide_personal_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Clean every value of a log line that a person's data could have got into (a structlog processor)."""
    if isinstance(event.get("request"), str):
        # What was searched for is behind the question mark.
        address = event["request"].split("?", 1)[0]
        event["request"] = KEY_IN_ADDRESS.sub(HIDDEN, address)
    return {name: value if name in LEFT_ALONE else _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return without_personal_data(str(value))


# What happens to a line before it is written, whoever logs it: our code by structlog, or a library by logging.
SHARED_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_settings(level: str) -> dict[str, Any]:
    """Return Django's LOGGING, and set structlog up to go the same way. ``level`` is a name such as INFO."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*SHARED_PROCESSORS, structlog.stdlib.ExtraAdder(allow=["status_code"])],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_personal_data,
                    structlog.processors.JSONRenderer(),
                ],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Django's own handlers would write the same lines again, and mail them to people.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            # Each request is logged once, by django_structlog; this one would say it again for 404 and 403.
            "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        },
    }
