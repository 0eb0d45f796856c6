"""Enterprises chosen to receive doctors in a batch."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, via
from enterprises.hosting import VerdictData
from enterprises.models.enterprises import Enterprise
from programmes.models import Batch

# Universities and doctors see the hosts of opened batches.
OPENED = ~Q(batch__status="draft")


@tracked
class Host(models.Model):
    """An enterprise chosen to receive doctors in a batch, with the verdict on its eligibility (接收单位)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="hosts", verbose_name=_("batch"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="hosts", verbose_name=_("enterprise"))
    enterprise_class = models.CharField(_("class"), max_length=12, choices=Enterprise.Class.choices)
    eligible = models.BooleanField(_("eligible"))
    verdict = ShapedJSONField(_("verdict"), default=dict, shape=VerdictData)
    override_reason = models.TextField(_("why chosen all the same"), blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("chosen by"))
    chosen_at = models.DateTimeField(_("chosen"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(
        doctor=OPENED,
        university=OPENED,
        enterprise=via("enterprise"),
        county=via("enterprise"),
        department=via("enterprise"),
        city=ALL,
    )

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["batch", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "enterprise"], name="host_once_per_batch"),
            models.CheckConstraint(
                condition=Q(eligible=True) | ~Q(override_reason=""), name="host_override_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return str(self.enterprise)
