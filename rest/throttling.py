"""Rate limits that survive the broker: counted in Redis, or in the process while Redis is away."""

from typing import TYPE_CHECKING, Any

from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

if TYPE_CHECKING:  # rest_framework.views loads this module while it is being loaded itself
    from rest_framework.views import APIView


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
        try:
            self.cache = caches["shared"]
            return super().allow_request(request, view)
        except (RedisError, OSError):
            self.cache = caches["default"]
            return super().allow_request(request, view)
