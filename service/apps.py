from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from assignments.readers import given_kept_by
from programmes.readers import judged_by


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Visits and checks")

    def ready(self) -> None:
        """Name who judges real services by the rules of batches, and who reads what was given for them."""
        judged_by(terms="service.preview.real_terms", move="service.moving.move_of")
        given_kept_by("service.beside.given_until")
