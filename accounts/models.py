"""Districts, offices, users with one role each, and tokens of other systems."""

import hashlib
import secrets
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

import pghistory
import pghistory.models
import pgtrigger
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.duties import ONLY_STAFF_HAVE_DUTIES, POWERS_HAVE_REASONS, ChoosesPowers, Duty, HoldsDuties
from accounts.look_alikes import LooksLikeNoOther
from officedata.pinyin import LONGEST, pinyin_of

T = TypeVar("T", bound=type[models.Model])

# Fields that are written at a sign-in or when a token is used. They are in no history, and are the only fields that may
# be written outside an action. If only `password` is written, Django has hashed the same password again at a sign-in; a
# new password is written together with `password_changed_at`.
NO_CHANGE = {"User": ["last_login", "password"], "ApiToken": ["last_used_on"]}
# Fields that are in no history: these, secrets, and fields that are computed from other fields.
UNTRACKED = {
    "User": ["password", "last_login", "password_is_handed_over", "name_key"],
    "ApiToken": ["digest", "last_used_on"],
    "Invitation": ["digest"],
    "Doctor": ["folded_words"],
    "Need": ["folded_title", "folded_words", "has_personal_numbers"],
}


class Event(pghistory.models.Event):
    """A row of history: the fields of pghistory, and the number of the transaction that wrote it (`xid`).

    Transactions do not commit in the order in which they write. So a program that reads the history in steps goes on
    from (`xid`, `pgh_id`) and stops before the oldest transaction that is still open.
    """

    xid = models.BigIntegerField(
        db_default=Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()),
        editable=False,
    )

    class Meta:
        abstract = True


def tracked(model: T) -> T:
    """Keep a history of the model: triggers of the database write every insert, update and delete (append-only)."""
    return _tracked(model, pghistory.Row)


def tracked_in_bulk(model: T) -> T:
    """Keep the same history of a model whose rows are inserted by thousands: the triggers of inserts and deletes run
    once for a statement, and write the rows of history in one statement too. That of updates runs for each row: it
    alone sees that a row got another key."""
    return _tracked(model, pghistory.Statement)


def _tracked(model: T, level: pgtrigger.Level) -> T:
    name = model.__name__.lower()
    kept: T = pghistory.track(
        pghistory.InsertEvent(level=level),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(level=level),
        exclude=UNTRACKED.get(model.__name__),
        base_model=Event,
        # Named after the table, so that the history keeps its table when the model moves to another app.
        meta={
            "db_table": f"{model._meta.db_table}event",
            "indexes": [models.Index(fields=["xid", "pgh_id"], name=f"{name}event_xid")],
        },
    )(model)
    return kept


@tracked
class District(models.Model):
    """A county or urban district, with its tile in the tile map."""

    WRITTEN = ("name", "tile_x", "tile_y", "latitude", "longitude")

    code = models.CharField(_("code"), max_length=6, primary_key=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    tile_x = models.PositiveSmallIntegerField(_("tile column"), default=0)
    tile_y = models.PositiveSmallIntegerField(_("tile row"), default=0)
    # The centre of the district in degrees; None if nobody entered it. Distances to universities are measured from it.
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{6}$"), name="district_code_has_six_digits"),
            models.UniqueConstraint(fields=["tile_x", "tile_y"], name="district_one_per_tile"),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="district_place_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked
class Office(ChoosesPowers):
    """A talent office of the city or of a county, or a department that takes part."""

    WRITTEN = ("kind", "name", "district")

    class Kind(models.TextChoices):
        CITY = "city", _("city talent office")
        COUNTY = "county", _("county talent office")
        DEPARTMENT = "department", _("department")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60, unique=True)
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, verbose_name=_("district"))

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind="county") | Q(district__isnull=False), name="office_of_county_has_district"
            ),
            POWERS_HAVE_REASONS,
        ]

    def __str__(self) -> str:
        return self.name


class TalentUserManager(UserManager["User"]):
    """Makes users and names those of the city office; a superuser without an office belongs to it."""

    def create_superuser(
        self, username: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> "User":
        office, _created = Office.objects.get_or_create(kind=Office.Kind.CITY, defaults={"name": "人才办"})
        extra.setdefault("role", User.Role.OFFICE)
        extra.setdefault("office", office)
        if wrong := User.wrong_name(self.model.normalize_username(username)):
            raise ValidationError(wrong)
        extra.setdefault("administers", True)
        return super().create_superuser(username, email, password, **extra)

    def of_city_office(self) -> "models.QuerySet[User]":
        """The active users of the city office, whatever their duties."""
        return self.filter(role=User.Role.OFFICE, office__kind=Office.Kind.CITY, is_active=True)

    def operators(self) -> "models.QuerySet[User]":
        return self.of_city_office().filter(operates=True)

    def administrators(self) -> "models.QuerySet[User]":
        return self.of_city_office().filter(administers=True)

    def auditors(self) -> "models.QuerySet[User]":
        return self.of_city_office().filter(audits=True)

    def watching(self) -> "models.QuerySet[User]":
        """Those of the city office who are told of troubles of operation."""
        return self.of_city_office().filter(models.Q(operates=True) | models.Q(administers=True))


@tracked
class User(HoldsDuties, LooksLikeNoOther, AbstractUser):
    """An account with one role; a person who acts for two bodies has two accounts."""

    WRITTEN = (
        "username", "name", "phone", "email", "role", "office", "operates", "administers", "audits", "is_active",
    )  # fmt: skip

    class Role(models.TextChoices):
        OFFICE = "office", _("office staff")
        ENTERPRISE = "enterprise", _("enterprise")
        UNIVERSITY = "university", _("university liaison")
        DOCTOR = "doctor", _("doctor")
        PROGRAM = "program", _("program")

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(pgettext_lazy("person", "name"), max_length=60)
    pinyin = models.CharField(max_length=LONGEST, editable=False, blank=True)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, verbose_name=_("office"))
    # The hash is not in the history, but the moment at which it was set is.
    password_changed_at = models.DateTimeField(_("password set"), null=True, blank=True, editable=False)
    # The second factors themselves are in no history, but the moment of each change is.
    second_factor_changed_at = models.DateTimeField(_("second factor changed"), null=True, blank=True, editable=False)
    # Somebody else knows the password, because he set it: the user changes it at the next sign-in.
    password_is_handed_over = models.BooleanField(
        _("must change the password"), default=False, db_default=False, editable=False
    )

    objects: ClassVar[TalentUserManager] = TalentUserManager()

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pinyin", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="office", office__isnull=False)
                | Q(role="program")
                | (~Q(role__in=["office", "program"]) & Q(office__isnull=True)),
                name="user_office_goes_with_role",
            ),
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(role="office"), name="user_only_office_staff_enter_admin"
            ),
            ONLY_STAFF_HAVE_DUTIES,
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.pinyin = pinyin_of(self.name, self.pinyin)
        super().save(*args, **kwargs)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed_at = timezone.now()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_city_office(self) -> bool:
        """Whether the account is one of the city office; its duties say what it may do there."""
        return self.role == self.Role.OFFICE and self.office is not None and self.office.kind == Office.Kind.CITY

    @property
    def parts(self) -> frozenset[str]:
        """The names under which menus, to-dos and panels are contributed for this account.

        That is its role; for the city office "office" stands for the duty of operators, and the other duties for
        themselves.
        """
        if not self.is_city_office:
            return frozenset({self.role})
        names = {Duty.OPERATOR: str(self.Role.OFFICE)}
        return frozenset(names.get(duty, str(duty)) for duty in self.duties)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, on: date) -> Self:
        """Tokens neither revoked nor past their last day."""
        return self.filter(revoked_at=None).filter(Q(expires_on=None) | Q(expires_on__gte=on))


@tracked
class ApiToken(models.Model):
    """A key with which another system acts as its user; only a digest is stored."""

    class Scope(models.TextChoices):
        READ = "read", pgettext_lazy("scope", "read")
        WRITE = "write", _("read and write")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    label = models.CharField(_("label"), max_length=80)
    prefix = models.CharField(_("first characters"), max_length=8, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_on = models.DateField(_("last used"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

    @staticmethod
    def digest_of(key: str) -> str:
        # A key has 32 random bytes, so nobody can find it from its hash, even without a salt.
        return hashlib.sha256(key.encode()).hexdigest()

    @staticmethod
    def new_key() -> str:
        return "tl_" + secrets.token_urlsafe(32)
