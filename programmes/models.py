"""Programmes that run every year, their batches, and the rule set each batch uses."""

from datetime import date
from typing import Any, ClassVar, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet
from core.shapes import Json
from core.status import Stateful
from programmes.readers import wrong_eligibility, wrong_rules


@tracked
class Programme(models.Model):
    """A talent action that runs every year, such as "doctors into enterprises"."""

    WRITTEN = ("name", "purpose")

    name = models.CharField(_("name"), max_length=80, unique=True)
    purpose = models.TextField(_("purpose"), blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(public=ALL, doctor=ALL, enterprise=ALL, university=ALL, county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


@tracked
class RuleSet(models.Model):
    """Service rules as data. A version is never changed or deleted: next year's rules are a new version, so last
    year's verdicts stay as they were."""

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    data = ShapedJSONField(_("rules"), sentences=wrong_rules)
    created_at = models.DateTimeField(pgettext_lazy("moment", "written"), auto_now_add=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(county=ALL, department=ALL, city=ALL, auditor=ALL)

    class Meta:
        verbose_name = _("service rule set")
        verbose_name_plural = _("service rule sets")
        ordering = ["code", "-version"]
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="ruleset_version_once")]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(name="ruleset_is_never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return gettext("%(name)s · version %(number)s") % {"name": self.name, "number": self.version}

    def get_absolute_url(self) -> str:
        return reverse("admin:rule_version", args=[self.pk])


@tracked
class RuleDraft(Stateful):
    """Rules that an office writes, until a second person puts them in force as the next version of their code.

    The data need not be readable before the draft is submitted.
    """

    WRITTEN = ("code", "name", "data")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("rules", "being written")
        SUBMITTED = "submitted", pgettext_lazy("rules", "waiting for a second person")
        SENT_BACK = "sent_back", pgettext_lazy("rules", "sent back")
        IN_FORCE = "in_force", pgettext_lazy("rules", "in force")
        DROPPED = "dropped", pgettext_lazy("rules", "given up")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.DROPPED},
        Status.SUBMITTED: {Status.DRAFT, Status.SENT_BACK, Status.IN_FORCE},
        Status.SENT_BACK: {Status.SUBMITTED, Status.DROPPED},
    }
    OPEN = (Status.DRAFT, Status.SUBMITTED, Status.SENT_BACK)

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    data = ShapedJSONField(_("rules"), shape=dict[str, Json], default=dict, blank=True)
    # The preset it was begun from; its notice is that of another place and no source of these rules.
    origin = models.CharField(_("begun from"), max_length=40, blank=True)
    follows = models.ForeignKey(
        RuleSet, models.PROTECT, null=True, blank=True, related_name="drafts", verbose_name=_("follows")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    written_at = models.DateTimeField(pgettext_lazy("moment", "written"))
    checked_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("checked by")
    )
    checked_at = models.DateTimeField(_("checked"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    became = models.OneToOneField(
        RuleSet, models.PROTECT, null=True, blank=True, related_name="draft", verbose_name=_("version in force")
    )

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(city=ALL)

    class Meta:
        verbose_name = _("draft of rules")
        verbose_name_plural = _("drafts of rules")
        ordering = ["-written_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="in_force", became__isnull=False, checked_by__isnull=False, checked_at__isnull=False)
                | (~Q(status="in_force") & Q(became=None)),
                name="ruledraft_in_force_is_a_version",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(name)s · draft") % {"name": self.name}

    def get_absolute_url(self) -> str:
        return reverse("admin:rule_draft", args=[self.pk])


# Only the office sees a draft; everyone sees a batch that was opened.
OPENED = ~Q(status="draft")


class BatchQuerySet(ScopedQuerySet["Batch"]):
    def current(self) -> Self:
        """Batches under way, first the default one: in service, else taking orders."""
        in_service = models.Case(models.When(status=Batch.Status.RUNNING, then=0), default=1)
        under_way = self.filter(status__in=[Batch.Status.OPEN, Batch.Status.RUNNING])
        return under_way.order_by(in_service, "-starts_on", "-pk")


@tracked
class Batch(Stateful):
    """One year's round of a programme, with its dates, quotas and pinned rules."""

    WRITTEN = (
        "programme", "rule_set", "name", "starts_on", "ends_on", "orders_from", "orders_until", "answer_days",
        "technology_quota", "agriculture_quota", "eligibility",
    )  # fmt: skip

    class Status(models.TextChoices):
        DRAFT = "draft", _("in preparation")
        OPEN = "open", _("open for orders")
        RUNNING = "running", _("in service")
        CLOSED = "closed", _("closed")

    MOVES = {
        Status.DRAFT: {Status.OPEN},
        Status.OPEN: {Status.RUNNING, Status.DRAFT},
        Status.RUNNING: {Status.CLOSED},
    }

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="batches", verbose_name=_("programme"))
    name = models.CharField(_("name"), max_length=80)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    orders_from = models.DateField(_("orders from"))
    orders_until = models.DateField(_("orders until"))
    answer_days = models.PositiveSmallIntegerField(_("days to answer a dispatch"), default=7)
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="batches", verbose_name=_("service rule set"))
    technology_quota = models.PositiveSmallIntegerField(_("technology hosts"), default=10)
    agriculture_quota = models.PositiveSmallIntegerField(_("agriculture hosts"), default=5)
    # {"rules": [...]}: rules of the language on becoming a host, beside those of the rule set. Earlier releases wrote a
    # list of qualifications, any of which was enough; it is still read.
    eligibility = ShapedJSONField(_("eligibility of hosts"), default=dict, sentences=wrong_eligibility)

    objects = BatchQuerySet.as_manager()
    SCOPE = Scope(
        public=OPENED, doctor=OPENED, enterprise=OPENED, university=OPENED, county=ALL, department=ALL, city=ALL
    )

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="batch_name_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="batch_dates_in_order"),
            models.CheckConstraint(condition=Q(orders_until__gte=F("orders_from")), name="batch_orders_in_order"),
            models.CheckConstraint(condition=Q(answer_days__gt=0), name="batch_answer_days_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("admin:batch_round", args=[self.pk])

    @property
    def takes_hosts(self) -> bool:
        return self.status in (self.Status.DRAFT, self.Status.OPEN)

    def takes_orders(self, on: date) -> bool:
        return self.status == self.Status.OPEN and self.orders_from <= on <= self.orders_until

    def quota_of(self, enterprise_class: str) -> int:
        return {"technology": self.technology_quota, "agriculture": self.agriculture_quota}.get(enterprise_class, 0)


@tracked
class RulePin(models.Model):
    """Which version of its rules a batch had since a moment; the newest row before a moment is the one of that moment.

    Every batch has at least one; none is changed, but a name may be erased from the reason.
    """

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="pins", verbose_name=_("batch"))
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="pins", verbose_name=_("service rule set"))
    since = models.DateTimeField(pgettext_lazy("rules", "since"))
    by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=pgettext_lazy("rules", "by")
    )
    reason = models.TextField(_("reason"), blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("rules of a batch since")
        verbose_name_plural = _("rules of batches since")
        ordering = ["batch", "since", "pk"]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["batch", "since"], name="rulepin_of_moment")]
        triggers: ClassVar[list[Any]] = [
            pgtrigger.Protect(
                name="rulepin_is_never_changed",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("batch", "rule_set", "since"),
            )
        ]

    def __str__(self) -> str:
        return gettext("%(batch)s: %(rules)s") % {"batch": self.batch, "rules": self.rule_set}
