"""Which rows exist for whom: each model declares it once, by the body a person acts for, and every edge asks here.

A declaration (`SCOPE` on the model, or `declare` for models below this app) gives a rule for each body:

- a path that leads from the row to the body: to the person for a doctor, an enterprise and a university, to the
  district for a county's office, to the office for a department;
- a `Q`; `ALL` and `NONE` are such;
- `own(path)`: a path that leads to the person, whatever the body;
- `via(relation)`: whatever the row that the relation leads to says;
- a list of these: rows of any of them, as a union of keys, because "or" over two tables reads all rows.

What is not declared for a body does not exist for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from accounts.models import ApiToken, District, Office, User

M = TypeVar("M", bound=models.Model)
R = TypeVar("R", bound=models.QuerySet[Any])

ALL = Q()
NONE = Q(pk__in=[])


class Body(StrEnum):
    """Whom someone acts for; a program is whatever body it acts for."""

    PUBLIC = "public"
    DOCTOR = "doctor"
    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    COUNTY = "county"
    DEPARTMENT = "department"
    CITY = "city"


@dataclass(frozen=True)
class own:  # noqa: N801 - reads as a word in declarations
    """Rows whose path leads to the person."""

    path: str


@dataclass(frozen=True)
class via:  # noqa: N801 - reads as a word in declarations
    """Rows whose relation leads to a row that is seen: by that model's declaration, or by the one given."""

    relation: str
    scope: "Scope | None" = None


Rule = str | Q | own | via | Sequence[str | Q | own | via]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The rule of each body; a body without one sees nothing."""

    public: Rule = NONE
    doctor: Rule = NONE
    enterprise: Rule = NONE
    university: Rule = NONE
    county: Rule = NONE
    department: Rule = NONE
    city: Rule = NONE

    def of(self, body: Body) -> Rule:
        rule: Rule = getattr(self, body.value)
        return rule


def through(relation: str, scope: Scope | None = None) -> Scope:
    """A declaration that says for every body: whoever sees the row that the relation leads to."""
    return Scope(**{body.value: via(relation, scope) for body in Body})


def body_of(user: Any) -> Body:
    """The body someone acts for; whoever has not signed in, or no longer may, is the public."""
    if not isinstance(user, User) or not user.is_active:
        return Body.PUBLIC
    if user.is_superuser:
        return Body.CITY
    if user.office is not None:
        return Body(user.office.kind)
    if user.role == User.Role.PROGRAM:
        return _body_of_program(user)
    return Body(user.role) if user.role != User.Role.OFFICE else Body.PUBLIC


# A program without an office acts for the university or the enterprise it was joined to.
JOINED = {"liaison": Body.UNIVERSITY, "enterprise_member": Body.ENTERPRISE, "doctor": Body.DOCTOR}


def _body_of_program(user: User) -> Body:
    return next((body for link, body in JOINED.items() if hasattr(user, link)), Body.PUBLIC)


class ScopedQuerySet(models.QuerySet[M]):
    """The base of all query sets: knows which of its rows someone sees."""

    def visible_to(self, user: Any) -> Self:
        """The rows that exist for `user`, as the model declares."""
        return visible(self, user)


def visible(rows: R, user: Any) -> R:
    """The rows that exist for `user`, also of models that lie below this app."""
    condition = condition_for(rows.model, user)
    return rows.filter(condition) if condition else rows


def sees(user: Any, obj: models.Model) -> bool:
    """Whether this stored row exists for `user`."""
    condition = condition_for(type(obj), user)
    if condition == ALL:
        return not obj._state.adding
    rows: models.QuerySet[Any] = type(obj)._base_manager.filter(condition)
    return rows.filter(pk=obj.pk).exists()


def condition_for(model: type[models.Model], user: Any, scope: Scope | None = None) -> Q:
    """What a row must fulfil to exist for `user`: by the model's declaration, or by the one given."""
    body = body_of(user)
    return _condition(model, (scope or scope_of(model)).of(body), body, user)


_DECLARED: dict[type[models.Model], Scope] = {}


def declare(model: type[models.Model], scope: Scope) -> None:
    """Declare a model that cannot say it itself: one below this app, or the table between two others."""
    _DECLARED[model] = scope


def scope_of(model: type[models.Model]) -> Scope:
    """The declaration of a model; one without is a mistake and raises LookupError."""
    found = _DECLARED.get(model) or getattr(model, "SCOPE", None)
    if not isinstance(found, Scope):
        raise LookupError(f"{model.__name__} does not declare which of its rows exist for whom (SCOPE).")
    return found


# -- Rules become conditions --------------------------------------------------------------------------------------


def _condition(model: type[models.Model], rule: Rule, body: Body, user: Any) -> Q:
    if isinstance(rule, Q):
        return rule
    if isinstance(rule, str):
        return _once(model, Q(**{rule: _anchor(body, user)}))
    if isinstance(rule, own):
        return _once(model, Q(**{rule.path: user.pk}))
    if isinstance(rule, via):
        target: Any = model._meta.get_field(rule.relation).related_model
        inner = _condition(target, (rule.scope or scope_of(target)).of(body), body, user)
        return _once(model, _prefixed(inner, f"{rule.relation}__"))
    first, *rest = [_keys(model, _condition(model, each, body, user)) for each in rule]
    return Q(pk__in=first.union(*rest))


def _anchor(body: Body, user: User) -> Any:
    """What a path of this body leads to."""
    if body == Body.COUNTY and user.office is not None:
        return user.office.district_id
    return user.office_id if body in (Body.DEPARTMENT, Body.CITY) else user.pk


def _prefixed(condition: Q, prefix: str) -> Q:
    """The same condition asked of the row that `prefix` leads to."""
    parts: list[Any] = condition.children
    children = [_prefixed(part, prefix) if isinstance(part, Q) else (prefix + part[0], part[1]) for part in parts]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _once(model: type[models.Model], condition: Q) -> Q:
    """The condition as keys where it would join a row several times."""
    if not any(_repeats(model, name) for name, _value in _lookups(condition)):
        return condition
    return Q(pk__in=_keys(model, condition))


def _keys(model: type[models.Model], condition: Q) -> models.QuerySet[Any, Any]:
    """The keys of the rows that fulfil a condition."""
    if len(condition.children) == 1 and not condition.negated and isinstance(condition.children[0], tuple):
        name, value = condition.children[0]
        if name == "pk__in" and isinstance(value, models.QuerySet):
            return value  # they are keys already
        first, _, rest = name.partition("__")
        relation = _field(model, first)
        if isinstance(relation, models.ManyToOneRel) and not relation.one_to_one and rest:
            # Rows below name their owner: no need to read the owner itself.
            below: Any = relation.related_model
            rows: models.QuerySet[Any] = below._base_manager.filter(_once(below, Q(**{rest: value}))).order_by()
            return rows.values(relation.field.attname)
    return model._base_manager.filter(condition).order_by().values("pk")


def _lookups(condition: Q) -> Iterator[tuple[str, Any]]:
    parts: list[Any] = condition.children
    for part in parts:
        yield from _lookups(part) if isinstance(part, Q) else [part]


def _repeats(model: Any, lookup: str) -> bool:
    """Whether a lookup can meet several rows for one of the model. A row that names one person alone meets once."""
    names = lookup.split("__")
    for name, after in zip(names, [*names[1:], ""], strict=True):
        field = _field(model, name)
        if field is None or not field.is_relation:
            return False
        model = field.related_model
        if field.one_to_many or field.many_to_many:
            following = _field(model, after)
            if following is None or not following.one_to_one:
                return True
    return False


def _field(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model is not None else None
    except FieldDoesNotExist:
        return None


# -- Models that lie below this app ------------------------------------------------------------------------------

# Names of districts and departments stand on public pages; in a form a county chooses its own district.
declare(
    District,
    Scope(public=ALL, doctor=ALL, enterprise=ALL, university=ALL, county="pk", department=ALL, city=ALL),
)
declare(Office, Scope(county=["district", Q(kind=Office.Kind.DEPARTMENT)], department="pk", city=ALL))
declare(
    User,
    Scope(
        doctor=own("pk"),
        enterprise=own("pk"),
        university=own("pk"),
        county=own("pk"),
        department=own("pk"),
        city=ALL,
        public=NONE,
    ),
)
declare(
    ApiToken,
    Scope(
        doctor=own("user"),
        enterprise=own("user"),
        university=own("user"),
        county=own("user"),
        department=own("user"),
        city=ALL,
    ),
)
