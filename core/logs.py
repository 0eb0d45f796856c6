"""The format of log lines: fields with the ids of the request and the job, as JSON or as a readable line.

Log lines contain no personal data: phone numbers, identity numbers, mail addresses, tokens, queries of addresses and
all Chinese text (names of people and firms, texts of needs) are masked in every line, also in tracebacks. A person is
named by the id of the user. This module does not import Django, because Gunicorn's master process uses it too.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Protocol, TypeVar


@contextmanager
def _without(module: str) -> Iterator[None]:
    """Make an import of this module fail within the block."""
    if module in sys.modules:
        yield
        return
    sys.modules[module] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[module]


# structlog would load `rich` (8 MB of memory) where it is installed, for coloured tracebacks, which are not used here.
with _without("rich"):
    import structlog

Event = MutableMapping[str, Any]


class Numbered(Protocol):
    """The attributes of a job that this module reads."""

    pk: Any
    kind: Any


J = TypeVar("J", bound=Numbered)

HAN = r"\u3007\u3400-\u9fff\uf900-\ufaff"
# The last one masks Chinese words.
MASKS = [
    # In these lines PostgreSQL quotes whole rows.
    (re.compile(r"^(\s*)(DETAIL|CONTEXT|QUERY):.*$", re.MULTILINE), r"\1\2: …"),
    # What PostgreSQL or Python could not read as a number, a day or a key, and the line of the statement it stands in.
    (re.compile(r"^(\s*)LINE \d+:.*(?:\n\s*\^)?$", re.MULTILINE), r"\1LINE: …"),
    (
        re.compile(
            r"((?:invalid input (?:syntax|value)|out of range|invalid literal|not a valid)\b[^\n]*?: )(['\"]).*\2"
        ),
        r"\1…",
    ),
    (re.compile(r"(?<=[\w/])\?[\w%.~-]+=[^\s\"'<>]*"), "?…"),
    # A password in the address of a server; the password may contain an @.
    (re.compile(r"(?<=://)([^\s/?#:@'\"]*):[^\s/?#]+@"), r"\1:‹password›@"),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}"), "‹mail›"),
    (re.compile(r"(?<![\dA-Za-z])\d{6}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])"), "‹id›"),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"), "‹phone›"),
    (re.compile(r"\btl_[A-Za-z0-9]{8,}|\beyJ[\w-]{8,}\.[\w.-]+|(?i:(?<=token )|(?<=bearer ))[\w.-]{8,}"), "‹token›"),
    (re.compile(rf"[{HAN}·（）“”，。、；：]*[{HAN}]+[^\x00-\xff]*"), "‹text›"),
]
# A long random part of a path: whoever knows it can open something.
KEY_IN_PATH = re.compile(r"(?<=/)(?=[^/]*\d)[A-Za-z0-9_:-]{20,}(?=/|$)")
UNWANTED = ("user_agent", "ip", "color_message")
PLAIN = (bool, int, float, type(None))
MOST_ACTIONS = 200


def masked(text: str) -> str:
    """The text without personal data."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def masked_numbers(text: str) -> str:
    """The text without phone numbers, identity numbers, mail addresses and tokens; Chinese words stay."""
    for pattern, instead in MASKS[:-1]:
        text = pattern.sub(instead, text)
    return text


def masked_path(path: str) -> str:
    """The path of a request, without secret keys."""
    return masked(KEY_IN_PATH.sub("‹key›", path))


def _clean(_logger: Any, _name: str, event: Event) -> Event:
    kept = {name: value for name, value in event.items() if name not in UNWANTED}
    return {name: value if isinstance(value, PLAIN) else masked(str(value)) for name, value in kept.items()}


def _line(_logger: Any, _name: str, event: Event) -> str:
    """A readable line: time, level, logger, event, the fields; a traceback below."""
    exception = event.pop("exception", "") or event.pop("stack", "")
    head = [event.pop("timestamp", ""), event.pop("level", "").upper(), event.pop("logger", ""), event.pop("event", "")]
    fields = [f"{name}={value}" for name, value in event.items() if value is not None]
    line = " ".join(str(part) for part in [*head, *fields] if part != "")
    return f"{line}\n{exception}" if exception else line


def formatter(form: str = "lines") -> logging.Formatter:
    """The formatter of all handlers: `json` or `lines`."""
    json = form == "json"
    stamp = structlog.processors.TimeStamper(fmt="iso" if json else "%Y-%m-%d %H:%M:%S", utc=json)
    render: Any = structlog.processors.JSONRenderer(ensure_ascii=False) if json else _line
    first: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        stamp,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *first,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _clean,
        render,
    ]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=first, processors=last)


def of_job(do: Callable[[J], str]) -> Callable[[J], str]:
    """Add the job's id and kind to every line that is logged while it runs, and log how it ended."""

    @wraps(do)
    def does(job: J) -> str:
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(job_id=job.pk, job=job.kind, action=None):
            outcome = do(job)
            ms = round(1000 * (time.monotonic() - began))
            structlog.get_logger(__name__).info("job_ended", outcome=outcome, ms=ms)
        return outcome

    return does


def name_action(act: str) -> None:
    """Add the action's name to the later lines of this request or job, after the names of earlier actions."""
    bound = structlog.contextvars.get_contextvars()
    before = bound.get("action") or ""
    if bound.keys() & {"request_id", "job_id"} and act not in before.split(","):
        structlog.contextvars.bind_contextvars(action=f"{before},{act}".strip(",")[:MOST_ACTIONS])
