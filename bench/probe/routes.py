"""Every route of the site, the row it is about, and who may be asked to open it."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.contrib import admin
from django.core.exceptions import FieldError
from django.urls import URLPattern, URLResolver, get_resolver

from .rows import has, model

ROLES = ("city", "county", "department", "enterprise", "university", "doctor", "program")
NO_PORTAL = {"department", "program"}
# What a page is about: by the first word of its route's name.
ABOUT = {
    "need": "Need", "order": "Order", "doctor": "Doctor", "dispatch": "Dispatch", "assignment": "Assignment",
    "visit": "Visit", "check": "Check", "batch": "Batch", "waiver": "Waiver", "standing": "Standing",
    "survey": "Survey", "sheet": "VisitSheet", "notice": "Notice", "override": "Override", "host": "Batch",
    "match": "Batch", "plan": "Batch", "accept": "Batch", "ledger": "User",
    "proposal": "Proposal", "personalrequest": "PersonalRequest", "reset": "User",
}  # fmt: skip
# What the model was called in releases before 0.4.
FORMER = {"Check": "MonthlyCheck"}
DRAFT_PAGES = ("side", "name", "check", "file", "submit", "take_back", "drop", "in_force", "send_back")
# Names of routes that begin with another word than the model's.
ABOUT_NAMED = {
    "given_new": "Assignment", "waiver_new": "Assignment", "outcome_new": "Assignment", "order_new": "Need",
    "assignment_begin": "Assignment", "waiver_decide": "Waiver", "rule_version": "RuleSet",
    "rule_version_file": "RuleSet",
    **dict.fromkeys(["rule_draft", *(f"rule_draft_{page}" for page in DRAFT_PAGES)], "RuleDraft"),
}  # fmt: skip
LEFT_OUT = {"app_list", "logout", "set_language", "evidence", "view_on_site", "javascript-catalog", "jsi18n"}
FOR_ALL = {"landing", "livez", "readyz", "healthz", "style", "login", "api_schema", "api_docs", "password_change"}
# What is sent to people outside is not sent by a measurement.
SEND = {"mail_test", "mail_act", "message_address", "message_code", "message_remove"}
# What proves who somebody is, or ends his sessions, is done by himself.
OF_THE_ACCOUNT = {
    "account_login", "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate",
    "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "openid_connect_callback", "reset", "reset_code",
    "second_factor_reset", "service_confirm", "service_connect", "service_disconnect", "service_sign_in", "session_end",
    "sessions_end_others",
}  # fmt: skip
OTHER = re.compile(r"P<(format|url)>")
TABLE = re.compile(r"office/(?P<app>\w+)/(?P<model>\w+)/")


class Route(NamedTuple):
    """An address with parameters, and its name; pages of the admin's tables carry the table's."""

    path: str
    name: str
    # Whether it is a list that is also given out as a file.
    exports: bool = False

    @property
    def table(self) -> str:
        found = TABLE.match(self.path)
        model = found["model"] if found else ""
        # The name tells a table from another page whose last word is the name of a model.
        return model if model in tables() and f"_{model}_" in self.name else ""

    @property
    def words(self) -> str:
        """A name that stays when a table's app is renamed."""
        if self.table:
            return (
                f"table {self.table} {self.path.split('/', 3)[3].replace('<path:object_id>', '…').strip('/') or 'list'}"
            )
        return self.name or self.path

    @property
    def is_aside(self) -> bool:
        """A page of a table other than its list and its rows: asked last, should the time not suffice."""
        return self.path.endswith(("/add/", "/history/", "/delete/"))

    @property
    def is_about_a_thing(self) -> bool:
        return "<" in self.path


def routes(patterns: Any = None, before: str = "") -> Iterator[Route]:
    """All routes of the resolver, formats of the REST interface (`.json`) left out."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern) and not left_out(pattern.name or "", path):
            view = getattr(pattern.callback, "view_class", None)
            exports = bool(getattr(view, "exports", "") and getattr(view, "columns", ()))
            yield Route(path.replace("^", "").replace("$", ""), pattern.name or "", exports)


def left_out(name: str, path: str) -> bool:
    """Whether an address is no page of its own: it only leads on, or is there for machines."""
    return name in LEFT_OUT or name.startswith("moved_") or bool(OTHER.search(path))


def row_for(route: Route, user: Any) -> Any:
    """A row this person sees that the page can be about; None where there is none."""
    if route.table:
        kind = tables()[route.table]
    else:
        word = re.split("[_-]", route.name.removeprefix("api-"))[0]
        name = ABOUT_NAMED.get(route.name) or ABOUT.get(word, "")
        known = [each for each in (name, FORMER.get(name)) if each and has(each)]
        kind = model(known[0]) if known else None
    return None if kind is None else _seen(kind, user).order_by("-pk").first()


@cache
def tables() -> dict[str, Any]:
    """The models that have a table in the admin, by their lower-case names."""
    get_resolver().url_patterns  # noqa: B018  the tables are registered by now
    return {str(kind._meta.model_name): kind for kind in admin.site._registry}


def _seen(kind: Any, user: Any) -> Any:
    rows = kind._default_manager.all()
    if kind.__name__ == "Batch":
        rows = rows.filter(status__in=["open", "running"]).order_by("-pk")
    try:
        return rows.visible_to(user) if hasattr(rows, "visible_to") else rows
    except FieldError:
        return rows


def askers(route: Route) -> tuple[str, ...]:
    """Who opens a page: the city every one of the office's, the other offices their lists, the portal everybody."""
    if route.path.startswith("api/v1/"):
        return ("program", "county", "enterprise", "university", "doctor")
    if route.name in FOR_ALL:
        return ("city",)
    if route.name.startswith("ledger"):
        return ("auditor",)
    if route.table:
        return ("city", "county", "department") if route.words.endswith(" list") else ("city",)
    return ROLES[:3] if route.path.startswith("office/") else tuple(role for role in ROLES if role not in NO_PORTAL)


def address(route: Route, row: Any) -> str | None:
    """The route with the row's key in it; None where it needs a row and there is none."""
    if not route.is_about_a_thing:
        return f"/{route.path}"
    if row is None:
        return None
    path = re.sub(r"\(\?P<app_label>[^)]*\)", row._meta.app_label, route.path)
    return "/" + re.sub(r"\(\?P<\w+>[^)]*\)|<[^>]*>", str(row.pk), path)
