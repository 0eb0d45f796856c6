"""Rate limits: counted in Redis, or in the memory of the process while Redis does not answer."""

from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.bounded import Breaker
from core.clients import address_of, counted_as

if TYPE_CHECKING:  # rest_framework.views imports this module, so this would be a circular import
    from rest_framework.views import APIView

PAUSE = 10.0  # seconds for which a server that did not answer is not asked again


@cache
def breaker_of(location: str) -> Breaker:
    """The breaker of this process for the server at `location`."""
    return Breaker(PAUSE)


class TokenThrottle(SimpleRateThrottle):
    """The limit of requests a minute: for each token, else for each signed-in user, else for each IP address."""

    scope = "token"

    def get_cache_key(self, request: Request, view: "APIView") -> str:
        if request.auth is not None:
            return f"throttle:token:{request.auth.pk}"
        if request.user.is_authenticated:
            return f"throttle:user:{request.user.pk}"
        return f"throttle:ip:{counted_as(address_of(request))}"

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
