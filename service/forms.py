"""What doctors and hosts type about service: a visit, a dispute, a waiver, an outcome."""

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from assignments.models import Assignment, Project
from core.parameters import DayField
from service.models import Outcome, Visit
from service.waivable import Waivable


class VisitForm(forms.Form):
    """A visit. Where it was is one choice: an assignment together with one of the enterprises it serves."""

    client_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    place = forms.ChoiceField(label=_("Where"), widget=forms.RadioSelect)
    also = forms.MultipleChoiceField(
        label=_("Counts in another service, too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One visit, one answer of the enterprise; each service judges it by its own rules."),
    )
    starts_on = DayField(label=_("First day"), widget=forms.DateInput)
    ends_on = DayField(label=_("Last day"), widget=forms.DateInput)
    content = forms.CharField(label=_("What was done"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    mode = forms.ChoiceField(label=_("How"), choices=Visit.Mode.choices, required=False, initial=Visit.Mode.ONSITE)
    solved = forms.CharField(label=_("Problem solved"), max_length=300, required=False)
    next_step = forms.CharField(label=_("Next step"), max_length=300, required=False)

    # Code of a refusal → the field beside which it is shown.
    SAID_AT: ClassVar[dict[str, str]] = {
        "not_begun": "place",
        "not_served": "place",
        "not_counted_there": "also",
        "content_missing": "content",
        "ends_before_start": "ends_on",
        "future_days": "ends_on",
        "after_term": "ends_on",
    }

    refused = ""  # the key under which something else was sent before

    def __init__(self, *args: Any, projects: Sequence[Project], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects = {f"{each.assignment_id}-{each.enterprise_id}": each for each in projects}
        several = len({each.assignment_id for each in projects}) > 1
        self.twice = _served_twice(projects)
        place = self.fields["place"]
        place.choices = [(key, self._place(each, several)) for key, each in self.projects.items()]  # type: ignore[attr-defined]
        if len(self.projects) == 1:
            place.widget = forms.HiddenInput()
        if self.twice:
            names = {each.pk: f"{each.batch.programme} · {each.batch}" for each in self.twice.values()}
            self.fields["also"].choices = [(str(key), name) for key, name in names.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["also"]

    def _place(self, project: Project, several: bool) -> str:
        """The enterprise, and of which service: by its host, or by its programme where two serve one enterprise."""
        name = project.enterprise.name
        if project.assignment_id in self.twice:
            return f"{name}（{project.assignment.batch.programme}）"
        if several and project.kind == Project.Kind.SERVED:
            return f"{name}（{project.assignment.host}）"
        return name

    def clean_place(self) -> Project:
        return self.projects[self.cleaned_data["place"]]

    def clean_also(self) -> list[Assignment]:
        """The other services chosen; the one in which it is logged needs not be chosen."""
        chosen = [self.twice[int(key)] for key in self.cleaned_data["also"]]
        place: Project | None = self.cleaned_data.get("place")
        return [each for each in chosen if place is None or each.pk != place.assignment_id]

    def clean_mode(self) -> str:
        return self.cleaned_data["mode"] or Visit.Mode.ONSITE

    def refuse(self, code: str, *sentences: str) -> None:
        """Show what the action refused, beside the field it is about."""
        name = self.SAID_AT.get(code, "starts_on")
        if name == "place" and self.fields["place"].widget.is_hidden:
            name = "starts_on"
        for text in sentences:
            self.add_error(name, text)


def _served_twice(projects: Sequence[Project]) -> dict[int, Assignment]:
    """The services that share an enterprise with another service of the doctor."""
    services: dict[int, set[int]] = {}
    for each in projects:
        services.setdefault(each.enterprise_id, set()).add(each.assignment_id)
    shared = {key for keys in services.values() if len(keys) > 1 for key in keys}
    return {each.assignment_id: each.assignment for each in projects if each.assignment_id in shared}


class ShareForm(forms.Form):
    """The other service in which a visit counts, too."""

    SAID_AT: ClassVar[dict[str, str]] = {"not_counted_there": "service", "shared_before": "service"}

    service = forms.TypedChoiceField(
        label=_("Counts in another service, too"), coerce=int, widget=forms.RadioSelect,
        help_text=_("One visit, one answer of the enterprise; each service judges it by its own rules."),
    )  # fmt: skip

    def __init__(self, *args: Any, services: Sequence[Assignment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.services = {each.pk: each for each in services}
        names = [(each.pk, f"{each.batch.programme} · {each.batch}") for each in services]
        self.fields["service"].choices = names  # type: ignore[attr-defined]
        self.fields["service"].initial = names[0][0] if len(names) == 1 else None

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        return {"assignment": self.services[self.cleaned_data["service"]]}


class DisputeForm(forms.Form):
    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason"}

    reason = forms.CharField(
        label=_("What is wrong with the visit"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The doctor reads it; he can take the entry back and log the visit anew."),
    )  # fmt: skip


class WaiverForm(forms.Form):
    """The form that asks for a waiver of a window; it asks for a document where a rule wants one."""

    SAID_AT: ClassVar[dict[str, str]] = {
        "asked_before": "window", "outside_term": "window", "reason_missing": "reason", "document_missing": "document",
    }  # fmt: skip

    window = forms.ChoiceField(label=_("Window"))
    reason = forms.CharField(
        label=_("Why no service was possible"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    document = forms.CharField(
        label=_("Document: title, number, day"), max_length=300, required=False,
        help_text=_("By the rules a waiver counts only with a document; the talent office may ask to see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, windows: Sequence[Waivable], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["window"].choices = [(each.key, _named(each)) for each in windows]  # type: ignore[attr-defined]
        if any(each.locked for each in windows):
            self.fields["window"].help_text = _("One that is locked counts only if the talent office opens it again.")
        offered = [each for each in windows if not each.locked] or windows
        begun = [each for each in offered if each.days.first <= today] or offered[:1]
        self.fields["window"].initial = begun[-1].key if begun else ""
        if not any(each.documented for each in windows):
            del self.fields["document"]


def _named(window: Waivable) -> Any:
    return format_lazy("{} · {}", window.words, pgettext_lazy("window", "locked")) if window.locked else window.words


class OutcomeForm(forms.Form):
    """What came of the service. No model form: a known outcome may be entered again, the action adds the assignment to
    it."""

    SAID_AT: ClassVar[dict[str, str]] = {"future": "happened_on", "anothers_outcome": "title"}

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *Outcome.Kind.choices])
    title = forms.CharField(label=pgettext_lazy("outcome", "Title"), max_length=120)
    happened_on = DayField(label=_("Date"), widget=forms.DateInput)
    stage = forms.ChoiceField(
        label=pgettext_lazy("outcome", "Stage"), choices=[("", "—"), *Outcome.Stage.choices], required=False
    )
    effect = forms.CharField(
        label=_("Measured effect"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Figures with units: what was before, what is now."),
    )
