from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MatchingConfig(AppConfig):
    name = "matching"
<<<<<<< HEAD
    verbose_name = _("Matching")

    def ready(self) -> None:
        """Connect what follows from acts of the apps below."""
        import_module("matching.reactions")
=======
    verbose_name = _("Orders and assignments")
>>>>>>> split
