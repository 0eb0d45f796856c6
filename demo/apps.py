from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = _("Demo")

    def ready(self) -> None:
        """On a demo site the sign-in page shows who one can look around as."""
        if settings.DEMO:
            from demo.accounts import demo_accounts  # noqa: PLC0415  models are not there before
            from identity.shown_accounts import SHOWN_ACCOUNTS  # noqa: PLC0415

            SHOWN_ACCOUNTS.append(demo_accounts)
