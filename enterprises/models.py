"""Enterprises, what they need, and how their needs were found."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum.cn import uscc

from accounts.models import District, Office, User, pinyin_of, tracked
from core import codes
from core.files import check_evidence
from core.status import Stateful
from programmes.models import Batch, Programme


def check_credit_code(value: str) -> None:
    """The unified social credit code has 18 characters, the last of which is a checksum (GB 32100-2015)."""
    if not uscc.is_valid(value):
        raise ValidationError(
            _("“%(value)s” is not a valid unified social credit code: check its 18 characters."),
            params={"value": value},
            code="credit_code",
        )


def area_of(office: Office, path: str = "") -> Q:
    """The enterprises an office answers for, `path` leading to them: the city's all, a county's of its district, a
    department's those it is in charge of."""
    if office.kind == Office.Kind.CITY:
        return Q()
    if office.kind == Office.Kind.COUNTY:
        return Q(**{f"{path}district": office.district_id})
    return Q(**{f"{path}department": office})


class EnterpriseQuerySet(models.QuerySet["Enterprise"]):
    def visible_to(self, user: User) -> Self:
        """City office: all; county: its district; department: those it answers for; a member: its own."""
        if user.is_superuser:
            return self
        if user.role in (User.Role.OFFICE, User.Role.PROGRAM) and user.office is not None:
            return self.filter(area_of(user.office))
        if user.role == User.Role.ENTERPRISE:
            return self.filter(members__user=user)
        return self.none()


@tracked
class Enterprise(models.Model):
    """A firm of the city, known by its unified social credit code."""

    class Class(models.TextChoices):
        TECHNOLOGY = "technology", _("technology")
        AGRICULTURE = "agriculture", _("agriculture")
        OTHER = "other", _("other class")

    class Size(models.TextChoices):
        LARGE = "large", _("large")
        MEDIUM = "medium", _("medium")
        SMALL = "small", _("small")
        MICRO = "micro", _("micro")

    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        unique=True,
        null=True,
        blank=True,
        validators=[check_credit_code],
    )
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=200, editable=False, blank=True)
    district = models.ForeignKey(District, models.PROTECT, verbose_name=_("district"))
    department = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enterprises",
        verbose_name=_("department in charge"),
    )
    industry = models.CharField(_("industry"), max_length=4, blank=True, help_text=_("GB/T 4754 code"))
    enterprise_class = models.CharField(_("class"), max_length=12, choices=Class.choices, default=Class.OTHER)
    size = models.CharField(_("size"), max_length=8, choices=Size.choices, blank=True)
    products = models.CharField(_("main products"), max_length=200, blank=True)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)

    objects = EnterpriseQuerySet.as_manager()

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = pgettext_lazy("table", "enterprises")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_code__isnull=True) | Q(credit_code__regex=r"^[0-9A-Z]{18}$"),
                name="enterprise_credit_code_shape",
            )
        ]
        indexes = [
            models.Index(fields=["district", "enterprise_class"], name="enterprise_by_district"),
            models.Index(fields=["name"], name="enterprise_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name)
        super().save(*args, **kwargs)

    @property
    def industry_name(self) -> str:
        return codes.industry_name(self.industry) if self.industry else ""


class Member(models.Model):
    """Someone who acts for an enterprise."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="members", verbose_name=_("enterprise"))
    user = models.OneToOneField(User, models.CASCADE, related_name="enterprise_member", verbose_name=_("user"))

    class Meta:
        verbose_name = _("enterprise member")
        verbose_name_plural = _("enterprise members")
        ordering = ["enterprise", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


class QualificationQuerySet(models.QuerySet["Qualification"]):
    def visible_to(self, user: User) -> Self:
        """Whoever sees the enterprise."""
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))

    def valid(self, on: date) -> Self:
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on)).filter(
            Q(valid_until=None) | Q(valid_until__gte=on)
        )


@tracked
class Qualification(models.Model):
    """A title the state gave an enterprise, with its level and the dates it holds."""

    class Kind(models.TextChoices):
        ABOVE_SCALE = "above_scale", _("enterprise above designated size")
        HIGH_TECH = "high_tech", _("high-tech enterprise")
        SPECIALISED = "specialised", _("specialised and innovative enterprise")
        LITTLE_GIANT = "little_giant", _("little giant")
        AGRI_LEADER = "agri_leader", _("leading agricultural enterprise")
        OTHER = "other", _("other qualification")

    class Level(models.TextChoices):
        NATIONAL = "national", _("national")
        PROVINCIAL = "provincial", _("provincial")
        MUNICIPAL = "municipal", _("municipal")

    # Levels from the lowest up: a rule asks for "this level or above".
    LEVELS = [Level.MUNICIPAL, Level.PROVINCIAL, Level.NATIONAL]

    enterprise = models.ForeignKey(
        Enterprise, models.CASCADE, related_name="qualifications", verbose_name=_("enterprise")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    level = models.CharField(_("level"), max_length=12, choices=Level.choices)
    certificate = models.CharField(_("certificate number"), max_length=60, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    evidence = models.FileField(_("evidence"), upload_to="qualifications/%Y/", blank=True, validators=[check_evidence])

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        ordering = ["enterprise", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "kind", "level", "valid_from"], name="qualification_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gte=F("valid_from")),
                name="qualification_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return _("%(kind)s (%(level)s)") % {"kind": self.get_kind_display(), "level": self.get_level_display()}


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: User) -> Self:
        """The office by its area, an enterprise its own, universities and doctors what is published to them."""
        if user.is_superuser:
            return self
        if user.role in (User.Role.OFFICE, User.Role.PROGRAM) and user.office is not None:
            return self.filter(area_of(user.office, "enterprise__"))
        if user.role == User.Role.ENTERPRISE:
            return self.filter(enterprise__members__user=user)
        if user.role in (User.Role.UNIVERSITY, User.Role.DOCTOR):
            return self.released().exclude(visibility=Need.Visibility.OFFICE)
        return self.public()

    def released(self) -> Self:
        """Needs that have been published, whatever became of them since."""
        return self.filter(
            status__in=[Need.Status.PUBLISHED, Need.Status.ORDERED, Need.Status.IN_SERVICE, Need.Status.SOLVED]
        )

    def public(self) -> Self:
        return self.released().filter(visibility=Need.Visibility.PUBLIC)

    def awaiting_review(self) -> Self:
        return self.filter(status=Need.Status.SUBMITTED)

    def matchable(self) -> Self:
        """Published needs nobody is ordered for yet."""
        return self.filter(status=Need.Status.PUBLISHED)


@tracked
class Need(Stateful):
    """What an enterprise needs, in its own words."""

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
    title = models.CharField(_("title"), max_length=100)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices, default=Kind.TECHNOLOGY)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    source = models.CharField(_("source"), max_length=8, choices=Source.choices, default=Source.FORM)
    problem = models.TextField(_("present state and problem"), max_length=3000)
    target = models.TextField(_("target figures"), max_length=2000, blank=True)
    basis = models.TextField(_("what is there already"), max_length=2000, blank=True)
    keywords = models.CharField(_("keywords"), max_length=120, blank=True)
    discipline = models.CharField(_("discipline asked for"), max_length=7, blank=True, help_text=_("GB/T 13745 code"))
    # A hard limit only when the enterprise says so; otherwise the discipline is one factor among others.
    discipline_required = models.BooleanField(_("only this discipline"), default=False)
    field = models.CharField(_("field of use"), max_length=60, blank=True)
    # Hard limits where given: a doctor who gives fewer days, or sits farther away, is not proposed.
    days_a_month = models.PositiveSmallIntegerField(
        _("days a month asked for"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    most_km = models.PositiveSmallIntegerField(
        _("farthest university (km)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    way = models.CharField(_("way of working together"), max_length=16, choices=Way.choices, blank=True)
    budget_low = models.DecimalField(
        _("budget from (10,000 yuan)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    budget_high = models.DecimalField(
        _("budget to (10,000 yuan)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=12, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)
    return_reason = models.TextField(_("why it was returned"), blank=True)
    created_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(pgettext_lazy("moment", "written"))
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    published_at = models.DateTimeField(pgettext_lazy("moment", "published"), null=True, blank=True)
    # Hash of enterprise, title and problem for imported rows, so that the same table loads once.
    source_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    # One key per form that was opened, so that a form sent twice makes one need.
    client_key = models.UUIDField(unique=True, null=True, blank=True, editable=False)

    objects = NeedQuerySet.as_manager()

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
            GinIndex(fields=["title"], opclasses=["gin_trgm_ops"], name="need_title_alike"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("need_detail", args=[self.pk])

    @property
    def number(self) -> str:
        """The number on the receipt."""
        return f"XQ{self.created_at:%Y}{self.pk:05d}"

    @property
    def discipline_name(self) -> str:
        return codes.discipline_name(self.discipline) if self.discipline else ""


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User) -> Self:
        return self if user.role == User.Role.OFFICE else self.none()


@tracked
class Survey(models.Model):
    """A campaign in which departments visit enterprises and ask what they need (入企问需)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="surveys", verbose_name=_("programme"))
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="surveys", verbose_name=_("batch")
    )
    name = models.CharField(_("name"), max_length=80, unique=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-starts_on", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="survey_dates_in_order")]

    def __str__(self) -> str:
        return self.name


class VisitSheetQuerySet(models.QuerySet["VisitSheet"]):
    def visible_to(self, user: User) -> Self:
        if user.is_superuser or user.is_city_office:
            return self
        if user.role == User.Role.OFFICE and user.office is not None:
            if user.office.kind == Office.Kind.COUNTY:
                return self.filter(enterprise__district=user.office.district_id)
            return self.filter(department=user.office)
        return self.none()

    def visited(self) -> Self:
        return self.filter(visited_on__isnull=False)

    def planned(self) -> Self:
        return self.filter(visited_on__isnull=True)


@tracked
class VisitSheet(models.Model):
    """One enterprise to be visited by one department: planned, then filled. No need found is also a result."""

    survey = models.ForeignKey(Survey, models.PROTECT, related_name="sheets", verbose_name=_("survey"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="sheets", verbose_name=_("enterprise"))
    department = models.ForeignKey(Office, models.PROTECT, related_name="sheets", verbose_name=_("department"))
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    people = models.CharField(pgettext_lazy("visitors", "people"), max_length=120, blank=True)
    remarks = models.TextField(_("remarks"), blank=True)
    filled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("written by")
    )
    needs = models.ManyToManyField(Need, blank=True, related_name="sheets", verbose_name=_("needs found"))

    objects = VisitSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit sheet")
        verbose_name_plural = _("visit sheets")
        ordering = ["survey", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "enterprise"], name="sheet_one_per_enterprise"),
            models.CheckConstraint(condition=Q(visited_on=None) | ~Q(people=""), name="sheet_visited_names_people"),
        ]

    def __str__(self) -> str:
        return f"{self.survey} · {self.enterprise}"


class HostQuerySet(models.QuerySet["Host"]):
    def visible_to(self, user: User) -> Self:
        """Whoever sees the enterprise; universities and doctors see the hosts of opened batches."""
        if user.role in (User.Role.UNIVERSITY, User.Role.DOCTOR):
            return self.exclude(batch__status=Batch.Status.DRAFT)
        return self.filter(enterprise__in=Enterprise.objects.visible_to(user))


@tracked
class Host(models.Model):
    """An enterprise chosen to receive doctors in a batch, with the verdict on its eligibility (接收单位)."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="hosts", verbose_name=_("batch"))
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="hosts", verbose_name=_("enterprise"))
    enterprise_class = models.CharField(_("class"), max_length=12, choices=Enterprise.Class.choices)
    eligible = models.BooleanField(_("eligible"))
    verdict = models.JSONField(_("verdict"), default=dict)
    override_reason = models.TextField(_("why chosen all the same"), blank=True)
    chosen_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("chosen by"))
    chosen_at = models.DateTimeField(_("chosen"))

    objects = HostQuerySet.as_manager()

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
