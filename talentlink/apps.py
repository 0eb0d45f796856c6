from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class TalentLinkConfig(AppConfig):
    name = "talentlink"
    verbose_name = _("TalentLink")


class OfficeAdminConfig(AdminConfig):
    """Django's admin with the office's own screens mounted in it."""

    default_site = "talentlink.admin_site.OfficeSite"
