from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from programmes.readers import judged_by


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Visits and checks")

    def ready(self) -> None:
        """Name who judges real services by the rules of batches."""
        judged_by(terms="service.preview.real_terms", move="service.moving.move_of")
