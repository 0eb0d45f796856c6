"""Which rows exist for whom: each model declares it once, by the body a person acts for, and every edge asks here.

A declaration (`SCOPE` on the model, or `declare` for models of `accounts` and join tables) gives a rule for each body:

- a path of relations from the row to the body: to the person for a doctor, an enterprise and a university, to the
  district for a county's office, to the office for a department;
- a `Q`, such as `ALL` and `NONE`;
- `own(path)`: a path from the row to the person, whatever the body;
- `via(relation)`: the rows whose related row exists for the person;
- a list of these: rows of any of them, as a union of keys, because "or" over two tables reads all rows.

For a body without a rule no row exists.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from accounts.duties import Duty
from accounts.models import ApiToken, District, Office, User

M = TypeVar("M", bound=models.Model)
R = TypeVar("R", bound=models.QuerySet[Any])

ALL = Q()
NONE = Q(pk__in=[])


class Body(StrEnum):
    """For whom someone acts; a program has the body of the office, university, enterprise or doctor it acts for."""

    PUBLIC = "public"
    DOCTOR = "doctor"
    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    COUNTY = "county"
    DEPARTMENT = "department"
    CITY = "city"  # somebody who does the business of the city office
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


# The bodies that do no business: they see no needs, doctors, orders or visits.
WITHOUT_BUSINESS = (Body.PUBLIC, Body.ADMINISTRATOR, Body.AUDITOR)
# The body of each duty of the city office, the one with the most rows first.
OF_DUTY = {Duty.OPERATOR: Body.CITY, Duty.ADMINISTRATOR: Body.ADMINISTRATOR, Duty.AUDITOR: Body.AUDITOR}


@dataclass(frozen=True)
class own:  # noqa: N801 - reads as a word in declarations
    """A rule: rows from which `path` leads to the person."""

    path: str


@dataclass(frozen=True)
class via:  # noqa: N801 - reads as a word in declarations
    """A rule: rows whose related row exists for the person, by that model's declaration or by `scope`."""

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
    administrator: Rule = NONE
    auditor: Rule = NONE

    def of(self, body: Body) -> Rule:
        rule: Rule = getattr(self, body.value)
        return rule


def through(relation: str, scope: Scope | None = None) -> Scope:
    """A declaration for every body: a row exists for whoever sees its related row."""
    return Scope(**{body.value: via(relation, scope) for body in Body})


def body_of(user: Any) -> Body:
    """The body someone acts for; the public, if nobody is signed in or the account is not active.

    Of somebody with several duties in the city office it is the one with the most rows; `bodies_of` gives all.
    """
    return bodies_of(user)[0]


def bodies_of(user: Any) -> list[Body]:
    """The bodies someone acts for: one for each duty in the city office, for everybody else a single one."""
    if isinstance(user, User) and user.is_active and user.is_city_office and not user.is_superuser:
        return [body for duty, body in OF_DUTY.items() if duty in user.duties] or [Body.PUBLIC]
    return [_single_body(user)]


def _single_body(user: Any) -> Body:
    if not isinstance(user, User) or not user.is_active:
        return Body.PUBLIC
    if user.is_superuser:
        return Body.CITY
    if user.office is not None:
        return Body(user.office.kind)
    if user.role == User.Role.PROGRAM:
        return _body_of_program(user)
    return Body(user.role) if user.role != User.Role.OFFICE else Body.PUBLIC


# The relation of a user by which a program without an office acts for a university, an enterprise or a doctor.
JOINED = {"liaison": Body.UNIVERSITY, "enterprise_member": Body.ENTERPRISE, "doctor": Body.DOCTOR}


def _body_of_program(user: User) -> Body:
    return next((body for link, body in JOINED.items() if hasattr(user, link)), Body.PUBLIC)


class ScopedQuerySet(models.QuerySet[M]):
    """The base of all query sets; gives the rows that exist for a user."""

    def visible_to(self, user: Any) -> Self:
        """The rows that exist for `user`, by the model's declaration."""
        return visible(self, user)


def visible(rows: R, user: Any) -> R:
    """The rows that exist for `user`, also of models whose query sets have no `visible_to`."""
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
    declared = scope or scope_of(model)
    rules = [(declared.of(body), body) for body in bodies_of(user)]
    return _any_of(model, [_condition(model, rule, body, user) for rule, body in rules])


def _any_of(model: type[models.Model], conditions: list[Q]) -> Q:
    """The rows that fulfil one of the conditions; without a union where one of them allows all or the others none."""
    if ALL in conditions:
        return ALL
    first, *rest = [each for each in conditions if each != NONE] or [NONE]
    if not rest:
        return first
    return Q(pk__in=_keys(model, first).union(*(_keys(model, each) for each in rest)))


_DECLARED: dict[type[models.Model], Scope] = {}


def declare(model: type[models.Model], scope: Scope) -> None:
    """Declare the scope of a model that cannot have `SCOPE`: one of a lower app, or a join table."""
    _DECLARED[model] = scope


def scope_of(model: type[models.Model]) -> Scope:
    """The declaration of a model; raise LookupError if there is none, which is a mistake."""
    found = _DECLARED.get(model) or getattr(model, "SCOPE", None)
    if not isinstance(found, Scope):
        raise LookupError(f"{model.__name__} does not declare which of its rows exist for whom (SCOPE).")
    return found


# -- From rules to conditions -------------------------------------------------------------------------------------


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
    """The key of the row to which the paths of this body lead."""
    if body == Body.COUNTY and user.office is not None:
        return user.office.district_id
    return user.office_id if body in (Body.DEPARTMENT, Body.CITY) else user.pk


def _prefixed(condition: Q, prefix: str) -> Q:
    """The same condition on the related row that `prefix` leads to."""
    parts: list[Any] = condition.children
    children = [_prefixed(part, prefix) if isinstance(part, Q) else (prefix + part[0], part[1]) for part in parts]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def _once(model: type[models.Model], condition: Q) -> Q:
    """The condition; as a condition on keys, if a join could give a row several times."""
    if not any(_repeats(model, name) for name, _value in _lookups(condition)):
        return condition
    return Q(pk__in=_keys(model, condition))


def _keys(model: type[models.Model], condition: Q) -> models.QuerySet[Any, Any]:
    """A query of the keys of the rows that fulfil a condition."""
    if len(condition.children) == 1 and not condition.negated and isinstance(condition.children[0], tuple):
        name, value = condition.children[0]
        if name == "pk__in" and isinstance(value, models.QuerySet):
            return value  # they are keys already
        first, _, rest = name.partition("__")
        relation = _field(model, first)
        if isinstance(relation, models.ManyToOneRel) and not relation.one_to_one and rest:
            # The child rows hold the key of their parent, so the parent's table need not be read.
            below: Any = relation.related_model
            rows: models.QuerySet[Any] = below._base_manager.filter(_once(below, Q(**{rest: value}))).order_by()
            return rows.values(relation.field.attname)
    return model._base_manager.filter(condition).order_by().values("pk")


def _lookups(condition: Q) -> Iterator[tuple[str, Any]]:
    parts: list[Any] = condition.children
    for part in parts:
        yield from _lookups(part) if isinstance(part, Q) else [part]


def _repeats(model: Any, lookup: str) -> bool:
    """Whether a lookup can find several related rows for one row of the model.

    It cannot where the related row has a one-to-one relation to the person: then at most one row matches.
    """
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


# -- Models of `accounts` ----------------------------------------------------------------------------------------

# Names of districts and departments are shown on public pages; in a form a county chooses its own district.
declare(
    District,
    Scope(
        public=ALL, doctor=ALL, enterprise=ALL, university=ALL, county="pk", department=ALL, city=ALL,
        administrator=ALL,
    ),
)  # fmt: skip
declare(
    Office,
    Scope(county=["district", Q(kind=Office.Kind.DEPARTMENT)], department="pk", city=ALL, administrator=ALL),
)
declare(
    User,
    Scope(
        doctor=own("pk"),
        enterprise=own("pk"),
        university=own("pk"),
        county=own("pk"),
        department=own("pk"),
        city=ALL,
        administrator=ALL,
        auditor=own("pk"),
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
        city=own("user"),
        administrator=ALL,
        auditor=own("user"),
    ),
)
