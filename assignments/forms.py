"""What people type about orders, dispatches and assignments."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.parameters import DayField
from enterprises.models import Enterprise
from experts.models import Doctor, University
from officedata.text import fold
from ui.forms import ScopedForm

# Said where the rules of a batch were replaced between the reading of them and the acceptance.
RULES_CHANGED = _("The rules were changed since you opened the page. Read those below, then accept.")


class RuleAnswer(forms.Form):
    """What the rules of a batch ask of an act (`assignments.acting`); asked for only where they have a rule on it."""

    why = forms.CharField(
        label=_("Answer to the rules"),
        help_text=_("Only where the rules ask for it: what was found out, or why the act is right all the same."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, ruled: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ruled:
            del self.fields["why"]


class ReasonForm(RuleAnswer):
    """A reason others will read."""

    SAID_AT: ClassVar[dict[str, str]] = {"reason_missing": "reason", "rule_asks": "why"}
    field_order = ["reason", "why"]

    reason = forms.CharField(max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


class AcceptForm(forms.Form):
    """The version of the rules that the doctor has read and accepts."""

    rules = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, version: int, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"rules": version}})
        self.version = version

    def clean_rules(self) -> int | None:
        """Refuse a version that was replaced since the page was opened; sent again, the form has the new one."""
        read: int | None = self.cleaned_data["rules"]
        if read is not None and read != self.version:
            self.data = self.data.copy()  # type: ignore[attr-defined]
            self.data["rules"] = str(self.version)  # type: ignore[index]
            raise forms.ValidationError(RULES_CHANGED, code="rules_changed")
        return read


class WithdrawForm(ReasonForm):
    """Why a need is taken back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Why do you take it back?"), **kwargs)


class BeginForm(forms.Form):
    """The first day of service."""

    SAID_AT: ClassVar[dict[str, str]] = {"outside_batch": "starts_on", "overlap": "starts_on"}

    starts_on = DayField(label=_("First day of service"), widget=forms.DateInput)

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].help_text = hint


class StopForm(RuleAnswer):
    """The last day of a service that ends early, and why."""

    SAID_AT: ClassVar[dict[str, str]] = {"outside_term": "last_day", "reason_missing": "reason", "rule_asks": "why"}
    field_order = ["last_day", "reason", "why"]

    last_day = DayField(label=_("Last day of service"), widget=forms.DateInput)
    reason = forms.CharField(
        label=_("Why is the service stopped?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_day"].help_text = hint


class LateForm(forms.Form):
    """The first day really served, and why it is later than agreed."""

    SAID_AT: ClassVar[dict[str, str]] = {
        "outside_term": "started_on", "already_done": "started_on", "reason_missing": "reason",
    }  # fmt: skip

    started_on = DayField(label=_("First day really served"), widget=forms.DateInput)
    reason = forms.CharField(
        label=_("Why did the service begin late?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["started_on"].help_text = hint


class ExtendForm(RuleAnswer):
    """The new last day of a term, and why it is extended."""

    SAID_AT: ClassVar[dict[str, str]] = {
        "not_later": "extended_to", "rule_refuses": "extended_to", "overlap": "extended_to", "reason_missing": "reason",
        "rule_asks": "why",
    }  # fmt: skip
    field_order = ["extended_to", "reason", "why"]

    extended_to = DayField(label=_("New last day of service"), widget=forms.DateInput)
    reason = forms.CharField(
        label=_("Why is the term extended?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["extended_to"].help_text = hint


class ServeForm(forms.Form):
    """One more enterprise the doctor serves, by name or credit code: an enterprise may not list others."""

    SAID_AT: ClassVar[dict[str, str]] = {"interest": "enterprise", "served": "enterprise"}

    enterprise = forms.CharField(
        label=_("Enterprise"), max_length=120, help_text=_("Its full name or its unified social credit code.")
    )
    title = forms.CharField(label=_("What the doctor does there"), max_length=120)

    def clean_enterprise(self) -> Enterprise:
        text = self.cleaned_data["enterprise"]
        coded = Enterprise.objects.filter(credit_code=fold(text).upper())
        found = list((Enterprise.objects.called(text) | coded).order_by("pk")[:2])
        if not found:
            raise forms.ValidationError(
                _("No enterprise of this name or code is on record; check it, or ask the talent office.")
            )
        if len(found) > 1:
            raise forms.ValidationError(_("Several enterprises have this name; give the credit code."))
        return found[0]


class OrderForm(RuleAnswer, ScopedForm):
    """Up to three doctors of the shortlist in order of preference, or a university that names one."""

    SAID_AT: ClassVar[dict[str, str]] = {"rule_asks": "why"}
    NAMED, PROPOSED = "doctors", "university"
    PREFERENCES = ("first", "second", "third")

    mode = forms.ChoiceField(
        label=_("Whom do you ask for?"),
        choices=[(NAMED, _("Doctors of the shortlist")), (PROPOSED, _("Whom a university proposes"))],
        widget=forms.RadioSelect,
    )
    first = forms.ChoiceField(label=_("First choice"), error_messages={"required": _("Choose at least one doctor.")})
    second = forms.ChoiceField(label=_("Second choice"), required=False)
    third = forms.ChoiceField(label=_("Third choice"), required=False)
    university = forms.ModelChoiceField(
        University.objects.all(),
        label=_("University"),
        empty_label="—",
        error_messages={"required": _("Choose the university that shall propose a doctor.")},
    )
    remark = forms.CharField(
        label=_("Remark for the university"),
        help_text=_("What the doctor should know: when you need him, what you have prepared."),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, doctors: Sequence[Doctor], wanted: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.doctors = {str(doctor.pk): doctor for doctor in doctors}
        names = [(key, f"{doctor.name} · {doctor.university}") for key, doctor in self.doctors.items()]
        chosen = [key for key in self.doctors if key in wanted][: len(self.PREFERENCES)]
        for at, name in enumerate(self.PREFERENCES):
            self.fields[name].choices = [("", "—"), *names]  # type: ignore[attr-defined]
            self.fields[name].initial = chosen[at] if at < len(chosen) else ""
        mode = self.data.get("mode") or (self.NAMED if doctors else self.PROPOSED)
        self.fields["mode"].initial = mode
        self.fields["first"].required = mode == self.NAMED
        self.fields["university"].required = mode == self.PROPOSED

    def facts(self) -> dict[str, Any]:
        """What the action writes."""
        data = self.cleaned_data
        said: dict[str, Any] = {name: data[name] for name in ("remark", "why") if name in data}
        if data["mode"] == self.PROPOSED:
            return {"university": data["university"], **said}
        chosen = [data[name] for name in self.PREFERENCES if data[name]]
        return {"doctors": [self.doctors[key] for key in chosen], **said}
