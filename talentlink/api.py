"""The addresses of the REST interface: `/api/v1/…`, its OpenAPI document, and the page that shows it."""

from django.urls import include, path
from django.utils.module_loading import autodiscover_modules
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from rest.routes import router

# Each app registers its lists in its module `api.py`.
autodiscover_modules("api")

urlpatterns = [
    path("v1/", include(router.urls)),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api_schema"), name="api_docs"),
]
