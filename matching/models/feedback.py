"""What became of suggestions, and the factor weights that were learned from it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, via
from enterprises.models import Need
from experts.models import Doctor
from matching import shapes
from matching.models.runs import Suggestion


class Feedback(models.Model):
    """What became of one suggestion. Rows are only added; the points are copied with the engine that gave them, because
    suggestions are replaced."""

    class Kind(models.TextChoices):
        ORDERED = "ordered", _("ordered")
        PASSED_OVER = "passed_over", _("passed over")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("lapsed")
        ENDED_WELL = "ended_well", _("ended well")
        ENDED_BADLY = "ended_badly", _("ended badly")
        PINNED = "pinned", _("pinned")
        FORBIDDEN = "forbidden", _("forbidden")

    suggestion = models.ForeignKey(
        Suggestion, models.SET_NULL, null=True, related_name="feedback", verbose_name=_("suggestion")
    )
    need = models.ForeignKey(Need, models.CASCADE, related_name="feedback", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="feedback", verbose_name=_("doctor"))
    kind = models.CharField(_("what became of it"), max_length=12, choices=Kind.choices)
    reason = models.TextField(_("reason"), blank=True)
    engine = models.CharField(_("engine"), max_length=40)
    engine_version = models.CharField(_("engine version"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1)
    # As on the suggestion: factor, points, most.
    points = ShapedJSONField(_("points by factor"), default=list, shape=list[shapes.FactorPoints])
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(pgettext_lazy("moment", "at"))

    objects = ScopedQuerySet.as_manager()
    # The office's own, by the need's area; nobody else sees what became of whom.
    SCOPE = Scope(county=via("need"), department=via("need"), city=ALL)

    class Meta:
        verbose_name = _("feedback on a suggestion")
        verbose_name_plural = _("feedback on suggestions")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["need", "doctor"], name="feedback_by_pair")]

    def __str__(self) -> str:
        return f"{self.need} → {self.doctor}: {self.get_kind_display()}"


class FactorWeights(models.Model):
    """One decision about the weights of the factors: learned from feedback, adopted or not, with the figures it is
    based on. The one in force is `current`; to roll back is a decision of its own."""

    version = models.PositiveIntegerField(_("version"), unique=True)
    # factor → most points; they add up to 100.
    weights = ShapedJSONField(_("weights"), shape=dict[str, float])
    adopted = models.BooleanField(_("adopted"))
    current = models.BooleanField(_("in force"), default=False)
    why = models.CharField(_("why"), max_length=40)
    facts = ShapedJSONField(_("what it stands on"), default=dict, shape=shapes.Learned)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by"))
    made_at = models.DateTimeField(pgettext_lazy("moment", "decided"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("weights of the factors")
        verbose_name_plural = _("weights of the factors")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="weights_one_in_force"),
            models.CheckConstraint(condition=Q(current=False) | Q(adopted=True), name="weights_in_force_were_adopted"),
        ]

    def __str__(self) -> str:
        return gettext("version %(number)s") % {"number": self.version}
