from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _


class TalentLinkConfig(AppConfig):
    name = "talentlink"
    verbose_name = _("TalentLink")


class OfficeAdminConfig(SimpleAdminConfig):
    """Django's admin with the office's own screens mounted in it; `talentlink.urls` loads the tables, so that workers
    and beat, which show none, do without them and the pages."""

    default_site = "talentlink.admin_site.OfficeSite"
