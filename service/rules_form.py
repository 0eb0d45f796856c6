"""The service rules of a batch typed into fields instead of JSON, and read back as data."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from programmes import rulebook
from service.rule_words import CHOICE_WORDS, KIND_WORDS, REFUSED_WORDS
from servicerules import OldRules, WrongWords, read_old

NUMBERS = ("month_min_visits", "month_min_visit_days", "month_min_days", "part_month_min_days", "term_min_days",
           "grace_days")  # fmt: skip
FLAGS = ("month_strict", "short_visit_counts", "term_strict", "pro_rata", "waivers_allowed", "answers_after_lock")


def _choice(name: str, label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(CHOICE_WORDS[name].items()))


def _number(label: Any, hint: Any = "", most: int = 366) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, min_value=0, max_value=most)


def _flag(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class RulesForm(forms.Form):
    """One version of the rules, a field for each of its parts; the time zone stays that of the version before."""

    month_min_visits = _number(_("Visits a month, at least"), _("0: nothing is asked month by month."), 31)
    month_min_visit_days = _number(_("Days of such a visit, at least"), _("A shorter one does not meet the month."), 31)
    month_min_days = _number(_("Days a month, at least"), _("0: only the visits are counted."), 31)
    part_month_min_days = _number(
        _("Shortest part of a month that is judged"), _("A first or last month with fewer days is exempt."), 31
    )
    month_strict = _flag(_("A month that falls short counts as not met"))
    short_visit_counts = _flag(_("Days of a visit too short for the month count for the term"))
    waivers_allowed = _flag(_("A month can be excused for cause"))
    term_min_days = _number(_("Days in the whole term, at least"), _("0: nothing is asked of the term."), 3660)
    term_strict = _flag(_("A term that falls short counts as not met"))
    pro_rata = _flag(_("A term cut short asks for fewer days in proportion"))
    pro_rata_rounding = _choice("pro_rata_rounding", _("Such days are rounded"))
    month_kind = _choice("month_kind", _("A month of service"))
    visit_belongs_to = _choice("visit_belongs_to", _("A visit over two months belongs to"))
    days_belong_to = _choice("days_belong_to", _("Its days count for"))
    same_day_hosts = _choice("same_day_hosts", _("One day at two enterprises counts"))
    grace_days = _number(_("Days after the month's end in which visits can still be logged"))
    silence_confirms_after_days = forms.IntegerField(
        label=_("Days after which an unanswered visit counts as confirmed"),
        help_text=_("Leave it open if only the enterprise's answer counts."),
        required=False,
        min_value=0,
        max_value=366,
    )
    answers_after_lock = _flag(_("The enterprise may still answer after the month was locked"))
    refuses = forms.MultipleChoiceField(
        label=_("Entries that are refused"),
        choices=list(REFUSED_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        rules = read_old(initial) if initial and "rules" not in initial else OldRules()
        self.time_zone = rules.time_zone
        shown = {**rules.to_data(), **{f"weight_{kind}": rules.worth.get(kind, 0) for kind in KIND_WORDS}}
        super().__init__(data, initial=shown)
        for kind, words in KIND_WORDS.items():
            self.fields[f"weight_{kind}"] = forms.DecimalField(
                label=words, min_value=0, max_value=1, max_digits=3, decimal_places=2
            )

    @property
    def parts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields as the page groups them, each group with its heading."""
        weights = [f"weight_{kind}" for kind in KIND_WORDS]
        groups = [
            (_("Each month"), (*NUMBERS[:4], "month_strict", "short_visit_counts", "waivers_allowed")),
            (_("The whole term"), ("term_min_days", "term_strict", "pro_rata", "pro_rata_rounding")),
            (_("What a day is worth, from 0 to 1"), weights),
            (_("How days are counted"), ("month_kind", "visit_belongs_to", "days_belong_to", "same_day_hosts")),
            (
                _("Logging and answering"),
                ("grace_days", "silence_confirms_after_days", "answers_after_lock", "refuses"),
            ),
        ]
        return [(title, [self[name] for name in names]) for title, names in groups]

    def as_data(self) -> dict[str, Any]:
        """The rules as the rule set keeps them."""
        typed = self.cleaned_data
        named = {name: value for name, value in typed.items() if not name.startswith("weight_")}
        weights = {kind: typed[f"weight_{kind}"] for kind in KIND_WORDS if typed[f"weight_{kind}"]}
        data = {**named, "weights": {kind: str(worth) for kind, worth in weights.items()}, "time_zone": self.time_zone}
        try:
            return read_old(data).to_data()
        except WrongWords as error:  # the fields are narrower than the rules: only a defect leads here
            raise Refused(" ".join(rulebook.what_is_wrong(error)), code="rules_wrong") from error
