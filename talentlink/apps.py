from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _


class TalentLinkConfig(AppConfig):
    name = "talentlink"
    verbose_name = _("TalentLink")


class OfficeAdminConfig(SimpleAdminConfig):
    """Django's admin with `OfficeSite` as its site.

    It registers no table itself: `talentlink.urls` loads the tables, so workers and beat, which show no pages, do not
    load them.
    """

    default_site = "talentlink.admin_site.OfficeSite"
