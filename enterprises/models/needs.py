"""What enterprises need, in their own words, and who sees it."""

from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User, tracked
from core.scope import ALL, Scope, ScopedQuerySet, via
from core.status import Stateful
from enterprises.models.enterprises import Enterprise
from officedata import codes
from officedata.personal import personal_marks
from officedata.text import fold

FOLDED_FROM = {"title", "problem", "keywords"}
# The texts that the public page of a need shows.
PUBLIC_TEXTS = ("title", "problem", "target", "basis", "keywords", "field")
COMPUTED = ("folded_title", "folded_words", "has_personal_numbers")
FOLDED_TITLE = 1000  # folding may lengthen a text (㎢ → km2): enough for 100 characters


def folded(title: str, problem: str, keywords: str) -> tuple[str, str]:
    """The folded title and the folded words of a need, as its columns hold them."""
    return fold(title)[:FOLDED_TITLE], f"{fold(problem)}\n{fold(keywords)}"


# Needs that have been published, whatever became of them since; and those everybody may read.
RELEASED = Q(status__in=["published", "ordered", "in_service", "solved"])
# A text with a phone number or another personal number is not public, whoever wrote it and by whichever way it came.
PUBLIC = RELEASED & Q(visibility="public", has_personal_numbers=False)
TO_UNIVERSITIES = RELEASED & ~Q(visibility="office")


class NeedQuerySet(ScopedQuerySet["Need"]):
    def public(self) -> Self:
        return self.filter(PUBLIC)

    def held_back(self) -> Self:
        """Needs meant for everyone that are not public, because their text has a personal number."""
        return self.filter(RELEASED, visibility="public", has_personal_numbers=True)

    def awaiting_review(self) -> Self:
        return self.filter(status=Need.Status.SUBMITTED)

    def matchable(self) -> Self:
        """Published needs without an order."""
        return self.filter(status=Need.Status.PUBLISHED)


@tracked
class Need(Stateful):
    """What an enterprise needs, in its own words."""

    WRITTEN = (
        "title", "kind", "problem", "target", "basis", "keywords", "discipline", "discipline_required", "field",
        "way", "days_a_month", "most_km", "budget_low", "budget_high", "due_on", "expires_on", "visibility",
        "contact_name", "contact_phone",
    )  # fmt: skip

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("awaiting review")
        RETURNED = "returned", _("returned")
        PUBLISHED = "published", _("published")
        ORDERED = "ordered", _("ordered")
        IN_SERVICE = "in_service", _("in service")
        SOLVED = "solved", _("solved")
        UNSOLVED = "unsolved", _("unsolved")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.SUBMITTED: {Status.PUBLISHED, Status.RETURNED, Status.WITHDRAWN},
        Status.RETURNED: {Status.SUBMITTED, Status.WITHDRAWN},
        Status.PUBLISHED: {Status.ORDERED, Status.WITHDRAWN, Status.EXPIRED},
        Status.ORDERED: {Status.IN_SERVICE, Status.PUBLISHED, Status.WITHDRAWN},
        Status.IN_SERVICE: {Status.SOLVED, Status.UNSOLVED, Status.PUBLISHED},
        Status.EXPIRED: {Status.PUBLISHED, Status.WITHDRAWN},
    }
    # What the office may publish. An ordered need and one in service return to "published" when their order ends.
    PUBLISHABLE = (Status.SUBMITTED, Status.EXPIRED)

    class Kind(models.TextChoices):
        TECHNOLOGY = "technology", _("technology need")
        TALENT = "talent", _("talent need")
        RESULT_TRANSFER = "result_transfer", _("result transfer")
        TRAINING = "training", _("training need")
        PLATFORM = "platform", _("platform building")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("everyone")
        UNIVERSITIES = "universities", _("universities only")
        OFFICE = "office", _("talent office only")

    class Source(models.TextChoices):
        FORM = "form", _("web form")
        SURVEY = "survey", _("enterprise visit")
        IMPORT = "import", _("imported table")
        EVENT = "event", _("event")

    class Way(models.TextChoices):
        JOINT = "joint", _("joint development")
        COMMISSIONED = "commissioned", _("commissioned development")
        CONSULTING = "consulting", _("technical consulting")
        TRANSFER = "transfer", _("technology transfer")
        OTHER = "other", _("other way")

    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="needs", verbose_name=_("enterprise"))
    title = models.CharField(
        _("title"),
        max_length=100,
        help_text=_("One need in one sentence. Example: slag-line life of magnesia-carbon bricks from 42 to 60 heats"),
    )
    kind = models.CharField(_("kind of need"), max_length=16, choices=Kind.choices, default=Kind.TECHNOLOGY)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices, default=Source.FORM)
    problem = models.TextField(
        _("present state and problem"),
        max_length=3000,
        help_text=_(
            "What happens now, since when, what you tried. Example: bricks spall in stop-and-go use, 42 heats on "
            "average; 3% aluminium powder raised the strength, not the life."
        ),
    )
    target = models.TextField(
        _("target figures"),
        max_length=2000,
        blank=True,
        help_text=_(
            "Name, figure, unit: from now to then. Example: life 42 heats → 60 heats or more; strength ≥ 12 MPa"
        ),
    )
    basis = models.TextField(
        _("what is there already"),
        max_length=2000,
        blank=True,
        help_text=_("Equipment, tests, people and data you can offer."),
    )
    keywords = models.CharField(
        _("keywords"),
        max_length=120,
        blank=True,
        help_text=_("One to five words, parted by blanks: material, process, equipment."),
    )
    discipline = models.CharField(_("discipline asked for"), max_length=7, blank=True, help_text=_("GB/T 13745 code"))
    # A hard limit only when the enterprise says so; otherwise the discipline is one factor among others.
    discipline_required = models.BooleanField(
        _("only doctors of this discipline"),
        default=False,
        help_text=_("Everybody else is left out, however well he fits."),
    )
    field = models.CharField(_("field of use"), max_length=60, blank=True, help_text=_("Example: new materials"))
    # Hard limits where given: a doctor who gives fewer days, or sits farther away, is not proposed.
    days_a_month = models.PositiveSmallIntegerField(
        _("days a month, at least"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
        help_text=_("Doctors who give fewer days are left out. Leave it open where it can be agreed."),
    )
    most_km = models.PositiveSmallIntegerField(
        _("farthest university (km)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Doctors whose university lies farther from your district are left out."),
    )
    way = models.CharField(_("way of working together"), max_length=16, choices=Way.choices, blank=True)
    budget_low = models.DecimalField(
        _("budget from (10,000 yuan)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    budget_high = models.DecimalField(
        _("budget to (10,000 yuan)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    expires_on = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("After this day the need is no longer offered.")
    )
    visibility = models.CharField(
        _("who sees it"), max_length=12, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(
        _("contact phone"),
        max_length=20,
        blank=True,
        help_text=_("For the office, and for a doctor once he is dispatched to you. Never public."),
    )
    return_reason = models.TextField(_("why it was returned"), blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(pgettext_lazy("moment", "written"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    published_at = models.DateTimeField(pgettext_lazy("moment", "published"), null=True, blank=True)
    # What lists search and duplicates compare: the title; the problem and the keywords, a line each.
    folded_title = models.CharField(max_length=FOLDED_TITLE, editable=False, blank=True)
    folded_words = models.TextField(editable=False, blank=True)
    # Whether a public text has a phone number, a mail address or the like. Then the need is not public.
    has_personal_numbers = models.BooleanField(_("personal numbers in the text"), default=False, editable=False)
    # Hash of enterprise, title and problem for imported rows, so that the same table loads once.
    source_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    # One key per form that was opened, so that a form sent twice makes one need.
    client_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects = NeedQuerySet.as_manager()
    # The office by its area, an enterprise its own, universities and doctors what is published to them.
    SCOPE = Scope(
        public=PUBLIC,
        doctor=TO_UNIVERSITIES,
        university=TO_UNIVERSITIES,
        enterprise=via("enterprise"),
        county=via("enterprise"),
        department=via("enterprise"),
        city=ALL,
    )

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = pgettext_lazy("table", "needs")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(problem=""), name="need_says_something"),
            models.CheckConstraint(
                condition=Q(budget_low=None) | Q(budget_high=None) | Q(budget_high__gte=F("budget_low")),
                name="need_budget_in_order",
            ),
            models.CheckConstraint(
                condition=Q(budget_low=None) | Q(budget_low__gte=0), name="need_budget_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(return_reason=""), name="need_returned_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "ordered", "in_service", "solved", "unsolved", "expired"])
                | Q(published_at__isnull=False),
                name="need_published_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(status="withdrawn") | Q(submitted_at__isnull=False),
                name="need_submitted_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "-id"], name="need_by_status"),
            models.Index(fields=["enterprise", "status"], name="need_by_enterprise"),
            models.Index(
                fields=["-published_at", "-id"],
                condition=Q(visibility="public", status__in=["published", "ordered", "in_service", "solved"]),
                name="need_public_latest",
            ),
            models.Index(fields=["submitted_at"], name="need_by_submission"),
            # Finds needs that may be posted twice by titles that are much alike.
            GinIndex(fields=["folded_title"], opclasses=["gin_trgm_ops"], name="need_folded_title_alike"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or {*FOLDED_FROM, *PUBLIC_TEXTS}.intersection(fields):
            self.fold_words()
            kwargs["update_fields"] = None if fields is None else {*fields, *COMPUTED}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("need_detail", args=[self.pk])

    def fold_words(self) -> None:
        """Fill the columns that are computed from texts; whoever writes in bulk, past `save`, calls it."""
        self.folded_title, self.folded_words = folded(self.title, self.problem, self.keywords)
        self.has_personal_numbers = any(personal_marks(getattr(self, name)) for name in PUBLIC_TEXTS)

    @property
    def number(self) -> str:
        """The number on the receipt."""
        return f"XQ{self.created_at:%Y}{self.pk:05d}"

    @property
    def discipline_name(self) -> str:
        return codes.discipline_name(self.discipline) if self.discipline else ""
