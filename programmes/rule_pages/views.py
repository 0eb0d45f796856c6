"""The office's pages of rules: all versions and drafts, where a draft begins, its editor, and one version to read."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

import servicerules
from core.edits import version_of
from core.parameters import key_of
from core.permissions import check_permitted, get_permitted, may
from core.scope import visible
from programmes import drafts
from programmes.models import Batch, RuleDraft, RuleSet
from programmes.readers import wrong_rules
from programmes.rule_pages.begin import BeginForm, Beginning, NameForm
from programmes.rule_pages.desk import Data, Desk, desk_page
from programmes.rule_pages.undoing import STATES, before_last
from ui.act_page import Ask, act_page
from ui.edits import seen_version
from ui.office_table import person


def _may_see(request: HttpRequest, model: type[RuleSet] | type[RuleDraft], verb: str = "view") -> None:
    if not may(person(request), verb, model):
        raise PermissionDenied


@require_safe
def rule_list(request: HttpRequest) -> HttpResponse:
    """The drafts that are open, and all versions, each code's newest first."""
    _may_see(request, RuleSet)
    open_drafts = visible(RuleDraft.objects.filter(status__in=RuleDraft.OPEN), person(request))
    shown: dict[str, Any] = {
        "drafts": open_drafts.select_related("written_by", "follows"),
        "versions": _versions(request),
        "can_write": may(person(request), "add", RuleDraft),
    }
    return render(request, "programmes/rule_list.html", shown)


def _versions(request: HttpRequest) -> QuerySet[RuleSet]:
    rows = visible(RuleSet.objects.all(), person(request))
    batches = Prefetch("batches", visible(Batch.objects.all(), person(request)))
    return rows.select_related("created_by").prefetch_related(batches).order_by("code", "-version")


@require_safe
def rule_version(request: HttpRequest, pk: int) -> HttpResponse:
    """One version of the rules: its sentences, to read and to print."""
    version = get_permitted(RuleSet.objects.select_related("created_by"), "view", person(request), pk=pk)
    shown: dict[str, Any] = {
        "version": version,
        "source": version.data.get("source") if isinstance(version.data, dict) else None,
        "batches": visible(Batch.objects.filter(rule_set=version), person(request)),
        "can_write": may(person(request), "add", RuleDraft),
        "readable": not wrong_rules(version.data),
    }
    return render(request, "programmes/rule_version.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft: from a preset, from a version, or from nothing."""
    _may_see(request, RuleDraft, "add")
    versions = _versions(request)
    before = versions.filter(pk=key_of(request.GET.get("from")) or 0).first()
    form = BeginForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        beginning: Beginning = form.beginning()
        draft = drafts.begin_draft(
            beginning.code, beginning.name, beginning.data, by=person(request), at=timezone.now(),
            follows=beginning.follows, origin=beginning.origin,
        )  # fmt: skip
        return redirect("admin:rule_draft", draft.pk)
    presets = [servicerules.preset(name) for name in servicerules.preset_names()]
    shown = {"form": form, "versions": [before] if before else versions, "before": before, "presets": presets}
    return render(request, "programmes/rule_begin.html", shown)


def _draft(request: HttpRequest, pk: int, verb: str = "view") -> RuleDraft:
    return get_permitted(RuleDraft.objects.select_related("written_by", "follows"), verb, person(request), pk=pk)


def desk_of(request: HttpRequest, draft: RuleDraft, version: str) -> Desk:
    """The editor of a draft; every change is kept in it."""

    def save(data: Data, seen: str) -> Desk:
        kept = drafts.save_draft(draft, data, by=person(request), at=timezone.now(), version=seen)
        return desk_of(request, kept, version_of(RuleDraft, kept.pk))

    return Desk(
        address=reverse("admin:rule_draft", args=[draft.pk]),
        data=draft.data,
        save=save,
        version=version,
        undone=lambda: _data_before(draft),
        name=_("Draft"),
        template="programmes/rule_draft.html",
        facts={"draft": draft},
    )


def _data_before(draft: RuleDraft) -> Data | None:
    """What was written before the last change that was not undone, from the history of the draft."""
    states = draft.events.order_by("-pgh_id").values_list("data", flat=True)[:STATES]  # type: ignore[attr-defined]
    before: Data | None = before_last(states)
    return before


@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a draft; one that waits, or is over, is only read."""
    version = version_of(RuleDraft, pk)
    draft = _draft(request, pk)
    if may(person(request), "change", draft):
        return desk_page(request, desk_of(request, draft, version))
    if request.method == "POST":
        check_permitted(draft, "change", person(request))
        return redirect("admin:rule_draft", pk)
    return render(request, "programmes/rule_draft_read.html", {"draft": draft, **_read(draft)})


def _read(draft: RuleDraft) -> dict[str, Any]:
    wrong = wrong_rules(draft.data)
    return {"wrong": wrong, "rules": None if wrong else servicerules.read_rule_set({"code": draft.code, **draft.data})}


@require_safe
def rule_draft_side(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands beside the editor, anew after each change."""
    return render(request, "programmes/rule_draft_side.html", {"draft": _draft(request, pk)})


def _named(initial: dict[str, Any], *typed: Any) -> NameForm:
    return NameForm(typed[0] if typed else None, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
def rule_draft_name(request: HttpRequest, pk: int) -> HttpResponse:
    """The name of the rules and where they are published."""
    version = seen_version(request, RuleDraft, pk)
    draft = _draft(request, pk, "change")
    written = draft.data.get("source")
    before = written if isinstance(written, dict) else {}
    initial = {"name": draft.name, "source": before.get("zh", "")}
    ask = Ask(
        title=_("Name and source"),
        button=_("Save"),
        crumbs=[
            (_("Talent office"), reverse("admin:index")), (_("Rules"), reverse("admin:rules")),
            (str(draft), reverse("admin:rule_draft", args=[pk])), (_("Name and source"), ""),
        ],
        base="office/base.html",
    )  # fmt: skip

    def name(draft: RuleDraft, *, by: Any, at: Any, version: str | None, name: str, source: str) -> RuleDraft:
        kept = {word: value for word, value in draft.data.items() if word != "source"}
        data = {**kept, "source": {**before, "zh": source}} if source else kept
        return drafts.save_draft(draft, data, by=by, at=at, version=version, name=name)

    return act_page(
        request, draft, partial(_named, initial), name, ask=ask, verb="change",
        done=_("The name is kept."), back=reverse("admin:rule_draft", args=[pk]), version=version,
    )  # fmt: skip
