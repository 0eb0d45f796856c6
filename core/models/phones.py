"""The model `PhoneShown`: whole phone numbers that were shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Scope, ScopedQuerySet


@tracked
class PhoneShown(models.Model):
    """A whole phone number was shown: to whom, whose, when, and to which network address. Rows are only added."""

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("shown to"))
    kind = models.CharField(_("kind"), max_length=60)
    key = models.CharField(_("key"), max_length=40)
    whose = models.CharField(_("whose phone"), max_length=200)
    at = models.DateTimeField(pgettext_lazy("moment", "shown"))
    address = models.CharField(_("from the address"), max_length=45, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL, auditor=ALL)

    class Meta:
        verbose_name = _("phone number shown")
        verbose_name_plural = _("phone numbers shown")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "key"], name="phoneshown_by_thing")]

    def __str__(self) -> str:
        return f"{self.whose} → {self.by}"
