"""The REST interface: `/api/v1/…`, its OpenAPI document and its page."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

import accounts.api  # noqa: F401  names the way of signing in for the document
from matching.api import AssignmentViewSet
from service.api import MonthlyCheckViewSet, StandingViewSet, VisitViewSet

router = SimpleRouter()
router.register("assignments", AssignmentViewSet, basename="api-assignment")
router.register("visits", VisitViewSet, basename="api-visit")
router.register("monthly-checks", MonthlyCheckViewSet, basename="api-check")
router.register("standings", StandingViewSet, basename="api-standing")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
]
