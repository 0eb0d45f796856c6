"""What the office decides against or beside the engine: pinned and forbidden pairs, and quotas of a batch's plan."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Scope, ScopedQuerySet, via
from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from programmes.models import Batch


class OverrideQuerySet(ScopedQuerySet["Override"]):
    def in_force(self) -> Self:
        return self.filter(lifted_at=None)


@tracked
class Override(models.Model):
    """The office pins a pair or forbids it, with a reason; a lifted one is kept."""

    class Kind(models.TextChoices):
        PIN = "pin", _("pinned")
        FORBID = "forbid", _("forbidden")

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="overrides", verbose_name=_("batch"))
    need = models.ForeignKey(Need, models.CASCADE, related_name="overrides", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="overrides", verbose_name=_("doctor"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=300)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    made_at = models.DateTimeField(pgettext_lazy("moment", "decided"))
    lifted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lifted by")
    )
    lifted_at = models.DateTimeField(pgettext_lazy("moment", "lifted"), null=True, blank=True)
    lift_reason = models.CharField(_("why it was lifted"), max_length=300, blank=True)

    objects = OverrideQuerySet.as_manager()
    # The office's own, by the need's area; nobody else sees them.
    SCOPE = Scope(county=via("need"), department=via("need"), city=ALL)

    class Meta:
        verbose_name = _("override")
        verbose_name_plural = _("overrides")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "need", "doctor"], condition=Q(lifted_at=None), name="override_pair_once"
            ),
            models.UniqueConstraint(
                fields=["batch", "need"], condition=Q(lifted_at=None, kind="pin"), name="override_one_pin"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="override_lifted_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.need} → {self.doctor}"


class PlanQuotaQuerySet(ScopedQuerySet["PlanQuota"]):
    def by_group(self, batch: int | None) -> dict[str, int]:
        """The most pairs by the group they are counted in: a university's key, or a class of enterprises."""
        return {quota.group: quota.most for quota in self.filter(batch=batch).order_by("pk")}


@tracked
class PlanQuota(models.Model):
    """The most pairs a batch's plan may give to one university, or to one class of enterprises."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="plan_quotas", verbose_name=_("batch"))
    university = models.ForeignKey(
        University, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("university")
    )
    enterprise_class = models.CharField(_("class"), max_length=12, choices=Enterprise.Class.choices, blank=True)
    most = models.PositiveSmallIntegerField(_("most pairs"))

    objects = PlanQuotaQuerySet.as_manager()
    SCOPE = Scope(county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("quota of a plan")
        verbose_name_plural = _("quotas of a plan")
        ordering = ["batch", "enterprise_class", "university", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "university"], name="planquota_university_once"),
            models.UniqueConstraint(
                fields=["batch", "enterprise_class"],
                condition=~Q(enterprise_class=""),
                name="planquota_class_once",
            ),
            models.CheckConstraint(
                condition=Q(university__isnull=True) & ~Q(enterprise_class="")
                | Q(university__isnull=False, enterprise_class=""),
                name="planquota_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.university or self.get_enterprise_class_display()} ≤ {self.most}"

    @property
    def group(self) -> str:
        """The name of what is limited, as a plan knows it."""
        return f"university:{self.university_id}" if self.university_id else f"class:{self.enterprise_class}"
