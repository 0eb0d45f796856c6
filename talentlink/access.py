"""The table of who sees and may do what, and through which edges: written from the declarations that the edges ask.

`bin/manage access_matrix` prints it; docs/access-matrix.md has it, and a test compares the two.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db.models import Model
from rest_framework.routers import SimpleRouter
from rules.permissions import permissions

import talentlink.api  # noqa: F401  registers the REST lists
from accounts.models import Office, User
from core.files import private_fields
from core.permissions import entitled
from core.scope import ALL, condition_for, scope_of
from rest.routes import router
from ui.contributions import contributed

BODIES = (
    "public", "doctor", "enterprise", "university", "county", "department", "operator", "administrator", "auditor",
)  # fmt: skip
ALL_ROWS, OWN_ROWS, NO_ROWS = "all", "own", ""
NOWHERE = -1  # a key that no row has


def people() -> dict[str, User | None]:
    """Somebody of each body, not stored; None for the public."""
    city = Office(pk=NOWHERE, kind=Office.Kind.CITY)
    duties = {"operator": "operates", "administrator": "administers", "auditor": "audits"}
    found: dict[str, User | None] = {"public": None}
    found |= {role: User(pk=NOWHERE, role=role) for role in ("doctor", "enterprise", "university")}
    for kind in ("county", "department"):
        office = Office(pk=NOWHERE, kind=kind, district_id="000000")
        found[kind] = User(pk=NOWHERE, role=User.Role.OFFICE, office=office, is_staff=True)
    for name, duty in duties.items():
        found[name] = User(pk=NOWHERE, role=User.Role.OFFICE, office=city, is_staff=True, **{duty: True})
    return found


def rows_for(model: type[Model], user: User | None) -> str:
    """Which rows of a model exist for a user: all, his own (or those of his unit or area), or none."""
    condition = condition_for(model, user)
    if condition == ALL:
        return ALL_ROWS
    try:
        str(model._base_manager.filter(condition).query)
    except EmptyResultSet:
        return NO_ROWS
    return OWN_ROWS


def verbs_of(model: type[Model]) -> list[str]:
    """The verbs that the rules name for a model, in order."""
    end = f"_{model._meta.model_name}"
    names = (name.partition(".") for name in permissions)
    return sorted(
        verb.removesuffix(end) for app, _dot, verb in names if app == model._meta.app_label and verb.endswith(end)
    )


def edges_of(model: type[Model]) -> str:
    """The edges that show rows of a model."""
    rest = {_model_of(view) for view in _views(router)}
    tables = {table.model for table in contributed("tables")}
    files = {owner for owner, _field in private_fields()}
    edges = {
        "page": hasattr(model, "get_absolute_url"),
        "table": model in tables,
        "REST": model in rest,
        "file": model in files,
    }
    return ", ".join(name for name, there in edges.items() if there)


def _views(routes: SimpleRouter) -> Iterator[Any]:
    return (view for _prefix, view, _name in routes.registry)


def _model_of(view: Any) -> Any:
    rows = getattr(view, "queryset", None)
    return rows.model if rows is not None else getattr(view, "model", None)


def objects() -> list[type[Model]]:
    """The models of the project that declare which of their rows exist for whom."""
    return sorted(filter(_declares, apps.get_models()), key=lambda model: (model._meta.app_label, model.__name__))


def _declares(model: type[Model]) -> bool:
    try:
        return bool(scope_of(model)) and not model._meta.auto_created
    except LookupError:
        return False


def matrix() -> str:
    """The table in Markdown: a part for each app, a row for seeing each object and one for each verb."""
    parts = [_part(label, list(models)) for label, models in groupby(objects(), lambda model: model._meta.app_label)]
    return "\n\n".join([HEAD, *parts]) + "\n"


HEAD = """# Who sees and may do what

Written by `bin/manage access_matrix` from `SCOPE` (core/scope.py) and `rules.py` of each app, which every edge asks.
`tests/test_access_matrix.py` compares it with the declarations of today.

“see” says which rows exist for a body: all, or its own (of its unit, its area, or those it takes part in). A verb is
allowed on rows that the body sees, in the states that the rules name. A program is the body it acts for."""


def _part(label: str, models: list[type[Model]]) -> str:
    columns = ["object", "edges", "verb", *BODIES]
    lines = [f"## {label}", "", _line(columns), _line(["---"] * len(columns))]
    return "\n".join([*lines, *(_line(row) for model in models for row in _rows(model))])


def _rows(model: type[Model]) -> Iterator[list[str]]:
    bodies = people()
    yield [model.__name__, edges_of(model), "see", *(rows_for(model, bodies[body]) for body in BODIES)]
    for verb in verbs_of(model):
        yield ["", "", verb, *("✓" if _lets(bodies[body], verb, model) else "" for body in BODIES)]


def _lets(user: User | None, verb: str, model: type[Model]) -> bool:
    return user is not None and entitled(user, verb, model)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
