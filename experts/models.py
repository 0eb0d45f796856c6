"""Universities, their doctors, and the works that show what a doctor can do."""

from typing import Any, ClassVar, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User, tracked
from core.json_column import ShapedJSONField
from core.scope import ALL, Scope, ScopedQuerySet, through, via
from core.shapes import fault
from officedata import codes
from officedata.pinyin import LONGEST, pinyin_of
from officedata.text import fold

MOST_WISHES = 3


def wrong_wishes(value: Any) -> list[str]:
    """What is wrong with a doctor's wishes: a list of at most three texts, the most important first."""
    if fault(list[str], value):
        return [gettext("Wishes are a list of texts: names of enterprises or of fields.")]
    return [gettext("At most three wishes can be given.")] if len(value) > MOST_WISHES else []


@tracked
class University(models.Model):
    """A university that dispatches doctors (派出单位)."""

    WRITTEN = ("name", "short_name", "latitude", "longitude")

    name = models.CharField(_("name"), max_length=80, unique=True)
    short_name = models.CharField(_("short name"), max_length=20, blank=True)
    pinyin = models.CharField(max_length=LONGEST, editable=False, blank=True)
    # The location in degrees; None where it is unknown. The distance its doctors travel is measured from here.
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    objects = ScopedQuerySet.as_manager()
    # An enterprise may ask any of them to propose a doctor.
    SCOPE = Scope(
        doctor="doctors__user", university="liaisons__user", enterprise=ALL, county=ALL, department=ALL, city=ALL
    )

    class Meta:
        verbose_name = _("university")
        verbose_name_plural = _("universities")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="university_place_on_earth",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name, self.pinyin)
        super().save(*args, **kwargs)


@tracked
class Liaison(models.Model):
    """Someone (or a program) who acts for a university."""

    PERSON = "user"

    university = models.ForeignKey(University, models.CASCADE, related_name="liaisons", verbose_name=_("university"))
    user = models.OneToOneField(User, models.CASCADE, related_name="liaison", verbose_name=_("user"))
    college = models.CharField(_("college"), max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(university=via("university"), county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("liaison")
        verbose_name_plural = _("liaisons")
        ordering = ["university", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.university}"


FOLDED_FROM = {"name", "directions", "keywords", "fields"}


def folded(*texts: str) -> str:
    """Texts as a folded column holds them: a line each."""
    return "\n".join(map(fold, texts))


class DoctorQuerySet(ScopedQuerySet["Doctor"]):
    def serving(self) -> Self:
        """Doctors who take part."""
        return self.filter(active=True)


@tracked
class Doctor(models.Model):
    """A PhD of a university. Titles and honours are kept for the record and never score."""

    WRITTEN = (
        "college", "name", "sex", "born_on", "discipline", "directions", "keywords", "fields", "honours", "wishes",
        "accepts_adjustment", "days_a_month", "most_hosts", "most_km", "other_postings", "posting_excludes",
        "phone", "email", "active",
    )  # fmt: skip

    edited_with: ClassVar[tuple[str, ...]] = ("works", "interests")
    PERSON = "user"

    class Sex(models.TextChoices):
        MALE = "m", _("male")
        FEMALE = "f", _("female")

    user = models.OneToOneField(
        User, models.SET_NULL, null=True, blank=True, related_name="doctor", verbose_name=_("user")
    )
    university = models.ForeignKey(University, models.PROTECT, related_name="doctors", verbose_name=_("university"))
    college = models.CharField(_("college"), max_length=60, blank=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    pinyin = models.CharField(max_length=LONGEST, editable=False, blank=True)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField(_("month of birth"), null=True, blank=True)
    discipline = models.CharField(_("discipline"), max_length=7, blank=True, help_text=_("GB/T 13745 code"))
    directions = models.CharField(
        _("research directions"),
        max_length=300,
        blank=True,
        help_text=_("Problems, materials and methods in his own words; matching reads them."),
    )
    keywords = models.CharField(_("keywords"), max_length=200, blank=True, help_text=_("Separate them by blanks."))
    fields = models.CharField(
        _("fields he can serve"), max_length=200, blank=True, help_text=_("Industries or products he can serve.")
    )
    honours = models.CharField(
        _("titles and honours"), max_length=120, blank=True, help_text=_("Kept for the record; they never score.")
    )
    wishes = ShapedJSONField(_("wishes"), default=list, blank=True, sentences=wrong_wishes)
    accepts_adjustment = models.BooleanField(_("accepts adjustment"), default=True)
    days_a_month = models.PositiveSmallIntegerField(
        _("days he can give a month"), default=2, validators=[MinValueValidator(0), MaxValueValidator(31)]
    )
    most_hosts = models.PositiveSmallIntegerField(_("most hosts at once"), default=1)
    most_km = models.PositiveSmallIntegerField(
        _("farthest he will travel (km)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("From the university; leave it open if he goes anywhere."),
    )
    other_postings = models.CharField(_("other postings"), max_length=200, blank=True)
    # Some programmes exclude each other: a doctor posted by such a one cannot be ordered.
    posting_excludes = models.BooleanField(_("other posting excludes this one"), default=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    active = models.BooleanField(_("takes part"), default=True)
    # What lists search beside the name: directions, keywords and fields, a line each.
    folded_words = models.TextField(editable=False, blank=True)
    source_key = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    objects = DoctorQuerySet.as_manager()
    # An enterprise sees doctors only through the shortlists of its needs and its assignments.
    SCOPE = Scope(doctor="user", university="university__liaisons__user", county=ALL, department=ALL, city=ALL)

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(days_a_month__lte=31), name="doctor_days_fit_a_month"),
            models.CheckConstraint(condition=Q(most_hosts__gte=1), name="doctor_takes_a_host"),
        ]
        indexes = [models.Index(fields=["university", "active"], name="doctor_by_university")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        fields = kwargs.get("update_fields")
        if fields is None or FOLDED_FROM.intersection(fields):
            self.fold_words()
            kwargs["update_fields"] = None if fields is None else {*fields, "pinyin", "folded_words"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("doctor_detail", args=[self.pk])

    def fold_words(self) -> None:
        """Fill the columns that searches compare; whoever writes in bulk, past `save`, calls it."""
        self.pinyin = pinyin_of(self.name, self.pinyin)
        self.folded_words = folded(self.directions, self.keywords, self.fields)

    @property
    def discipline_name(self) -> str:
        return codes.discipline_name(self.discipline) if self.discipline else ""


@tracked
class Work(models.Model):
    """A paper, patent, project or product: what matching quotes."""

    WRITTEN = ("kind", "title", "year", "abstract")

    class Kind(models.TextChoices):
        PAPER = "paper", _("paper")
        PATENT = "patent", _("patent")
        PROJECT = "project", _("project")
        PRODUCT = "product", _("product")

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="works", verbose_name=_("doctor"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    title = models.CharField(_("title"), max_length=200)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    abstract = models.TextField(_("abstract"), blank=True)

    objects = ScopedQuerySet.as_manager()
    SCOPE = through("doctor")

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        ordering = ["doctor", "-year", "pk"]

    def __str__(self) -> str:
        return self.title


@tracked
class Interest(models.Model):
    """An interest of a doctor in an enterprise, declared by one side: the two are never brought together.

    The enterprise is named by its credit code, because the tables of experts and of enterprises do not know each other.
    """

    WRITTEN = ("credit_code", "what")

    class Side(models.TextChoices):
        DOCTOR = "doctor", _("doctor")
        UNIVERSITY = "university", _("university")
        OFFICE = "office", _("talent office")

    doctor = models.ForeignKey(Doctor, models.CASCADE, related_name="interests", verbose_name=_("doctor"))
    credit_code = models.CharField(_("unified social credit code"), max_length=18)
    what = models.CharField(_("what it is"), max_length=120)
    # Only the side that declared an interest changes it or takes it back.
    side = models.CharField(_("declared by the side of the"), max_length=10, choices=Side.choices, default=Side.OFFICE)
    declared_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("declared by")
    )

    objects = ScopedQuerySet.as_manager()
    SCOPE = Scope(doctor=via("doctor"), university=via("doctor"), city=ALL)

    class Meta:
        verbose_name = _("declared interest")
        verbose_name_plural = _("declared interests")
        ordering = ["doctor", "pk"]
        constraints = [models.UniqueConstraint(fields=["doctor", "credit_code", "side"], name="interest_once")]

    def __str__(self) -> str:
        return f"{self.doctor} · {self.credit_code}"
