"""Rules as files, and two versions side by side."""

from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.errors import Refused
from core.parameters import key_of
from core.permissions import get_permitted, may
from core.scope import visible
from programmes.comparing import difference
from programmes.drafts import MOST_BYTES, begin_draft
from programmes.models import RuleDraft, RuleSet
from programmes.readers import language, wrong_rules
from programmes.rule_files import file_of, rules_from_file
from programmes.rule_pages.begin import free_code
from programmes.rulebook import read
from ui.forms import ScopedForm
from ui.office_table import person


@require_safe
def version_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A version as a file of JSON."""
    version = get_permitted(RuleSet, "view", person(request), pk=pk)
    return _file(version.data, f"{version.code}-{version.version}")


@require_safe
def draft_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft as a file of JSON, readable or not."""
    draft = get_permitted(RuleDraft, "view", person(request), pk=pk)
    return _file(draft.data, f"{draft.code}-draft-{draft.pk}")


def _file(data: Any, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="rules-{name}.json"'}
    return HttpResponse(file_of(data), content_type="application/json", headers=headers)


class FileForm(ScopedForm):
    """A file of rules, and whether they are to be the next version of others."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Rules as JSON, as they are exported here or written by hand."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )
    follows = forms.ModelChoiceField(
        RuleSet.objects.none(),
        label=gettext_lazy("It is the next version of"),
        required=False,
        empty_label=gettext_lazy("rules of their own"),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, required=False, help_text=gettext_lazy("Left out: as the file says.")
    )

    def __init__(self, *typed: Any, user: User) -> None:
        super().__init__(*typed, user=user)
        newest = RuleSet.objects.order_by("code", "-version").distinct("code")
        self.fields["follows"].queryset = visible(RuleSet.objects.filter(pk__in=newest.values("pk")), user)  # type: ignore[attr-defined]

    def clean_file(self) -> dict[str, Any]:
        """The rules in the file, or every wrong word by its path."""
        given = self.cleaned_data["file"]
        try:
            return rules_from_file(given.read(MOST_BYTES + 1))
        except Refused as refused:
            raise ValidationError([refused.message, *refused.reasons]) from None

    def named(self) -> str:
        data, follows = self.cleaned_data["file"], self.cleaned_data["follows"]
        called = data.get("name") or {}
        said = called.get(language()) or next(iter(called.values()), "")
        found = self.cleaned_data["name"].strip() or said or (follows.name if follows else data["code"])
        return str(found)[:80]


@require_http_methods(["GET", "HEAD", "POST"])
def rule_import(request: HttpRequest) -> HttpResponse:
    """Read a file of rules into a draft, which is checked like any other before it is in force."""
    if not may(person(request), "add", RuleDraft):
        raise PermissionDenied
    typed = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FileForm(*typed, user=person(request))
    if form.is_bound and form.is_valid():
        data, follows = form.cleaned_data["file"], form.cleaned_data["follows"]
        draft = begin_draft(
            free_code(data["code"]), form.named(), data, by=person(request), at=timezone.now(), follows=follows
        )
        return redirect(draft)
    return render(request, "programmes/rule_import.html", {"form": form})


class Choice(NamedTuple):
    """A version or a draft that can be compared: `v12` or `d5` in the address."""

    key: str
    row: RuleSet | RuleDraft


@require_safe
def rule_compare(request: HttpRequest) -> HttpResponse:
    """Two versions, or a version and a draft, side by side."""
    if not may(person(request), "view", RuleSet):
        raise PermissionDenied
    before, after = (_chosen(request, request.GET.get(name, "")) for name in ("before", "after"))
    both = [each.row for each in (before, after) if each is not None]
    wrong = {str(each): said for each in both if (said := wrong_rules(each.data))}
    found = None
    if before is not None and after is not None and not wrong:
        found = difference(read(before.row.data), read(after.row.data), language())
    shown = {"before": before, "after": after, "choices": _choices(request), "difference": found, "wrong": wrong}
    return render(request, "programmes/rule_compare.html", shown)


def _choices(request: HttpRequest) -> list[Choice]:
    """All versions, and the drafts that are being written, which the reader sees."""
    versions = visible(RuleSet.objects.order_by("code", "-version"), person(request))
    drafts = RuleDraft.objects.filter(status__in=RuleDraft.OPEN).order_by("code", "-pk")
    return [
        *(Choice(f"v{row.pk}", row) for row in versions),
        *(Choice(f"d{row.pk}", row) for row in visible(drafts, person(request))),
    ]


def _chosen(request: HttpRequest, said: str) -> Choice | None:
    """The version or draft that the address names; None where it names none. Raises Http404 where it is not seen."""
    key = key_of(said[1:])
    if not said:
        return None
    if key is None or said[0] not in "vd":
        raise Http404
    if said[0] == "v":
        return Choice(said, get_permitted(RuleSet, "view", person(request), pk=key))
    return Choice(said, get_permitted(RuleDraft, "view", person(request), pk=key))
