"""Match runs with their shares, suggestions, and the plan of a batch."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.json_column import ShapedJSONField
from core.models import Job
from core.scope import ALL, Scope, ScopedQuerySet, via
from enterprises.models import Need
from experts.models import Doctor
from matching import shapes
from programmes.models import Batch


class MatchRun(models.Model):
    """One run of the engine, over one need or over a whole batch; a cancelled run leaves the earlier shortlists."""

    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="match_runs", verbose_name=_("batch")
    )
    need = models.ForeignKey(
        Need, models.CASCADE, null=True, blank=True, related_name="match_runs", verbose_name=_("need")
    )
    job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="match_run", verbose_name=_("background job")
    )
    engine = models.CharField(_("engine"), max_length=40)
    engine_version = models.CharField(_("engine version"), max_length=20)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(pgettext_lazy("moment", "finished"), null=True, blank=True)
    # How the plan is to be made: {"goal": "total" | "most" | "fair", "served": N of 1+N}.
    options = ShapedJSONField(_("how it is planned"), default=dict, shape=shapes.Options)
    # Digest of the doctors' texts the run read, so that it can be repeated bit for bit.
    snapshot = models.CharField(_("digest of the doctors read"), max_length=64, blank=True)
    facts = ShapedJSONField(_("facts"), default=dict, shape=shapes.RunFacts)

    objects = ScopedQuerySet.as_manager()
    # Runs over one need; those over a batch are the city office's.
    SCOPE = Scope(county=via("need"), department=via("need"), city=ALL)

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__isnull=False) | Q(need__isnull=False), name="matchrun_covers_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.batch or self.need} · {date_format(localtime(self.started_at), 'DATETIME_FORMAT')}"


class MatchShare(models.Model):
    """A part of a batch run's needs, matched by one worker; `edges` holds the pairs it found for the plan."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="shares", verbose_name=_("match run"))
    number = models.PositiveSmallIntegerField(_("number"))
    needs = ShapedJSONField(pgettext_lazy("table", "needs"), shape=list[int])
    job = models.OneToOneField(
        Job, models.SET_NULL, null=True, blank=True, related_name="match_share", verbose_name=_("background job")
    )
    # Need's key → [[doctor's key, score, strength], …]
    edges = ShapedJSONField(_("candidates"), default=dict, shape=shapes.Edges)
    facts = ShapedJSONField(_("facts"), default=dict, shape=shapes.ShareFacts)
    finished_at = models.DateTimeField(pgettext_lazy("moment", "finished"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("share of a match run")
        verbose_name_plural = _("shares of a match run")
        ordering = ["run", "number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="matchshare_once")]

    def __str__(self) -> str:
        return f"{self.run} · {self.number}"


class SuggestionQuerySet(ScopedQuerySet["Suggestion"]):
    def current(self) -> Self:
        """The shortlist in force."""
        return self.filter(current=True).order_by("need", "rank", "pk")


class Suggestion(models.Model):
    """A doctor on the shortlist of a need, with points per factor and the quoted words that earned them."""

    class Strength(models.TextChoices):
        STRONG = "strong", _("strong")
        FAIR = "fair", _("fair")
        WEAK = "weak", _("weak")

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="suggestions", verbose_name=_("match run"))
    need = models.ForeignKey(Need, models.CASCADE, related_name="suggestions", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="suggestions", verbose_name=_("doctor"))
    current = models.BooleanField(_("in force"), default=True)
    rank = models.PositiveSmallIntegerField(_("rank"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1)
    strength = models.CharField(_("strength"), max_length=8, choices=Strength.choices)
    # Lists of: factor, points, most · terms, need, work, text, weight · codes · code, params (see matchengine.ranking).
    points = ShapedJSONField(_("points by factor"), default=list, shape=list[shapes.FactorPoints])
    quotes = ShapedJSONField(_("quoted words"), default=list, shape=list[shapes.Quoted])
    unknown = ShapedJSONField(_("what is not known"), default=list, shape=list[str])
    against = ShapedJSONField(_("what speaks against it"), default=list, shape=list[shapes.Objection])

    objects = SuggestionQuerySet.as_manager()
    # Whoever sees the need as office or enterprise; a university sees the lines of its own doctors.
    SCOPE = Scope(
        enterprise=via("need"),
        university="doctor__university__liaisons__user",
        county=via("need"),
        department=via("need"),
        city=ALL,
    )

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        ordering = ["need", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "doctor"], condition=Q(current=True), name="suggestion_once"),
            models.UniqueConstraint(fields=["need", "rank"], condition=Q(current=True), name="suggestion_rank_once"),
            models.CheckConstraint(condition=Q(score__gt=0, score__lte=100), name="suggestion_score_in_range"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="suggestion_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.need} → {self.doctor}"


class PlanLine(models.Model):
    """What a batch run proposes for one need, as part of the plan that is best as a whole."""

    run = models.ForeignKey(MatchRun, models.CASCADE, related_name="plan", verbose_name=_("match run"))
    need = models.ForeignKey(Need, models.CASCADE, related_name="+", verbose_name=_("need"))
    doctor = models.ForeignKey(Doctor, models.CASCADE, null=True, related_name="+", verbose_name=_("doctor"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1, default=0)
    strength = models.CharField(_("strength"), max_length=8, choices=Suggestion.Strength.choices, blank=True)
    # Why nobody is proposed: a code of matchengine.allocation.
    why_none = models.CharField(_("why nobody"), max_length=20, blank=True)
    # The doctor's lead project, or one of the enterprises served beside it (1+N).
    lead = models.BooleanField(_("lead project"), default=True)
    pinned = models.BooleanField(_("pinned"), default=False)
    # Whom this need would get if always the best pair left were taken.
    greedy_doctor = models.ForeignKey(
        Doctor, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("doctor by turns")
    )
    greedy_score = models.DecimalField(_("score by turns"), max_digits=5, decimal_places=1, default=0)
    # The next best under the same limits: [{"doctor": key, "score": score}, …]
    alternates = ShapedJSONField(_("alternates"), default=list, shape=list[shapes.Alternate])
    order = models.ForeignKey(
        "assignments.Order",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="plan_lines",
        verbose_name=_("order placed from it"),
    )

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(county=via("need"), department=via("need"), city=ALL)

    class Meta:
        verbose_name = _("line of the plan")
        verbose_name_plural = _("lines of the plan")
        ordering = ["run", "-score", "need"]
        constraints = [
            models.UniqueConstraint(fields=["run", "need"], name="planline_once"),
            models.CheckConstraint(
                condition=Q(doctor__isnull=False, why_none="") | (Q(doctor__isnull=True) & ~Q(why_none="")),
                name="planline_doctor_or_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.need} → {self.doctor or '—'}"
