"""The office's admin: Django's own, in our look, with the office's screens mounted in it."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class OfficeSite(AdminSite):
    site_header = _("Talent office")
    site_title = _("Talent office")
    index_title = _("Today")
    enable_nav_sidebar = True
