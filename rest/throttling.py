"""Rate limits that survive the broker: counted in Redis, or in the process while Redis is away or hangs."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.bounded import Breaker

if TYPE_CHECKING:  # rest_framework.views loads this module while it is being loaded itself
    from rest_framework.views import APIView

PAUSE = 10.0  # seconds in which a server that did not answer is not asked again


@cache
def breaker_of(location: str) -> Breaker:
    """The one of this process for a server."""
    return Breaker(PAUSE)


class TokenThrottle(SimpleRateThrottle):
    """So many requests a minute for each token or signed-in user."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        if request.auth is not None:
            return f"throttle:token:{request.auth.pk}"
        if request.user.is_authenticated:
            return f"throttle:user:{request.user.pk}"
        return f"throttle:ip:{self.get_ident(request)}"

    def allow_request(self, request: Request, view: "APIView") -> Any:
        breaker = breaker_of(settings.CACHES["shared"]["LOCATION"])
        if not breaker.is_open:
            try:
                self.cache = caches["shared"]
                return super().allow_request(request, view)
            except (RedisError, OSError):
                breaker.failed()
        self.cache = caches["default"]
        return super().allow_request(request, view)
