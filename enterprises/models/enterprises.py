"""Enterprises, the people who act for them, and the titles the state gave them."""

from datetime import date
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from stdnum.cn import uscc

from accounts.models import District, Office, User, tracked
from core.files import PrivateFile
from core.scope import ALL, Scope, ScopedQuerySet, through
from officedata import codes
from officedata.pinyin import LONGEST, pinyin_of
from officedata.text import fold


def check_credit_code(value: str) -> None:
    """The unified social credit code has 18 characters, the last of which is a checksum (GB 32100-2015)."""
    if not uscc.is_valid(value):
        raise ValidationError(
            _("“%(value)s” is not a valid unified social credit code: check its 18 characters."),
            params={"value": value},
            code="credit_code",
        )


class EnterpriseQuerySet(ScopedQuerySet["Enterprise"]):
    def called(self, name: str) -> Self:
        """Enterprises of this whole name, however it is spelled; none where it holds no letter."""
        return self.filter(pinyin=pinyin_of(name)) if fold(name) else self.none()


@tracked
class Enterprise(models.Model):
    """A firm of the city, known by its unified social credit code."""

    WRITTEN = (
        "credit_code", "name", "district", "department", "industry", "enterprise_class", "size", "products",
        "contact_name", "contact_phone",
    )  # fmt: skip

    edited_with: ClassVar[tuple[str, ...]] = ("qualifications",)

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
        help_text=_("18 characters, as on the business licence. Leave it open if it is not known yet."),
    )
    name = models.CharField(_("name"), max_length=120)
    pinyin = models.CharField(max_length=LONGEST, editable=False, blank=True)
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
    enterprise_class = models.CharField(
        _("class"),
        max_length=12,
        choices=Class.choices,
        default=Class.OTHER,
        help_text=_("Quotas of a batch are counted by class."),
    )
    size = models.CharField(_("size"), max_length=8, choices=Size.choices, blank=True)
    products = models.CharField(
        _("main products"), max_length=200, blank=True, help_text=_("As customers call them, parted by commas.")
    )
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=20, blank=True)

    objects = EnterpriseQuerySet.as_manager()
    SCOPE = Scope(enterprise="members__user", county="district", department="department", city=ALL)

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
            models.Index(fields=["pinyin"], name="enterprise_by_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name, self.pinyin)
        super().save(*args, **kwargs)

    @property
    def industry_name(self) -> str:
        return codes.industry_name(self.industry) if self.industry else ""


@tracked
class Member(models.Model):
    """Someone who acts for an enterprise."""

    PERSON = "user"

    enterprise = models.ForeignKey(Enterprise, models.CASCADE, related_name="members", verbose_name=_("enterprise"))
    user = models.OneToOneField(User, models.CASCADE, related_name="enterprise_member", verbose_name=_("user"))

    objects = ScopedQuerySet.as_manager()
    SCOPE = through("enterprise")

    class Meta:
        verbose_name = _("enterprise member")
        verbose_name_plural = _("enterprise members")
        ordering = ["enterprise", "pk"]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


class QualificationQuerySet(ScopedQuerySet["Qualification"]):
    def valid(self, on: date) -> Self:
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=on)).filter(
            Q(valid_until=None) | Q(valid_until__gte=on)
        )


@tracked
class Qualification(models.Model):
    """A title the state gave an enterprise, with its level and the dates it holds."""

    WRITTEN = ("kind", "level", "certificate", "valid_from", "valid_until", "evidence")

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
    evidence = PrivateFile(_("evidence"), blank=True)

    objects = QualificationQuerySet.as_manager()
    SCOPE = through("enterprise")

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
