"""Where the present work came in: the network address, the browser, the id of the request and its path."""

from contextvars import ContextVar
from dataclasses import dataclass

import structlog
from django.http import HttpRequest

from core.clients import address_of, device_of
from core.logs import masked_path


@dataclass(frozen=True)
class Origin:
    """What the ledger keeps of the origin of work; a job and a command only have a path, such as "job lapse 3"."""

    path: str = ""
    address: str = ""
    agent: str = ""
    request: str = ""

    @property
    def device(self) -> str:
        """The browser and the system in words."""
        return device_of(self.agent) if self.agent else ""


NOWHERE = Origin()
origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a request. The path has no query and no secret keys, and no NUL, which PostgreSQL cannot hold."""
    bound = structlog.contextvars.get_contextvars()
    return Origin(
        path=masked_path(request.path).replace("\0", ""),
        address=address_of(request),
        agent=request.headers.get("User-Agent", ""),
        request=str(bound.get("request_id") or ""),
    )
