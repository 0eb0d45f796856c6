from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from programmes.readers import judged_by, read_by
from service.wording import wrong_rules


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Visits and checks")

    def ready(self) -> None:
        """Read the rules of batches."""
        read_by("rules", wrong_rules)
        judged_by(terms="service.preview.real_terms", move="service.moving.move_of")
