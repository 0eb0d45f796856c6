"""The service rules of a batch in words: what each choice means, and the rules as sentences."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from service.compliance import RuleError, ServiceRules
from service.wording import KINDS, sentence
from ui.value_words import says

KIND_WORDS = KINDS
REFUSED_WORDS: dict[str, Any] = {
    "duplicate": gettext_lazy("a visit that is already logged"),
    "overlap": gettext_lazy("days that overlap another visit at the same enterprise"),
    "future_days": gettext_lazy("days that lie in the future"),
    "outside_term": gettext_lazy("days outside the term"),
}
CHOICE_WORDS: dict[str, dict[str, Any]] = {
    "month_kind": {
        "calendar": gettext_lazy("a calendar month"),
        "anchored": gettext_lazy("a month from the day of the month on which the term starts"),
    },
    "visit_belongs_to": {
        "start": gettext_lazy("the month in which it starts"),
        "end": gettext_lazy("the month in which it ends"),
    },
    "days_belong_to": {
        "own": gettext_lazy("the month in which each day lies"),
        "visit": gettext_lazy("the month to which the visit belongs"),
    },
    "same_day_hosts": {
        "once": gettext_lazy("once for the doctor"),
        "each": gettext_lazy("once for each enterprise"),
    },
    "pro_rata_rounding": {
        "up": gettext_lazy("up to a whole day"),
        "down": gettext_lazy("down to a whole day"),
        "nearest": gettext_lazy("to the nearest whole day"),
    },
}


@says("programmes.ruleset.data")
def sentences_of(data: Any) -> list[str]:
    """The rules as sentences, or why they cannot be read."""
    try:
        rules = ServiceRules.from_data(data)
    except RuleError as error:
        return [sentence(reason) for reason in error.reasons]
    return [*_month(rules), *_term(rules), _weights(rules), *_counting(rules), *_answering(rules)]


def _month(rules: ServiceRules) -> list[str]:
    said = []
    if rules.month_min_visits:
        said.append(
            _("Each month at least %(visits)s visits of %(days)s days or more.")
            % {"visits": rules.month_min_visits, "days": rules.month_min_visit_days}
        )
    if rules.month_min_days:
        said.append(_("Each month at least %(days)s days.") % {"days": rules.month_min_days})
    if not said:
        return [_("Nothing is asked month by month.")]
    if rules.part_month_min_days:
        said.append(
            _("A first or last month with fewer than %(days)s days is exempt.") % {"days": rules.part_month_min_days}
        )
    said.append(
        _("A month that falls short counts as not met.")
        if rules.month_strict
        else _("A month that falls short is pointed out only.")
    )
    said.append(_("A month can be excused for cause.") if rules.waivers_allowed else _("No month can be excused."))
    return said


def _term(rules: ServiceRules) -> list[str]:
    if not rules.term_min_days:
        return [_("Nothing is asked of the whole term.")]
    said = [_("In the whole term at least %(days)s days.") % {"days": rules.term_min_days}]
    if rules.pro_rata:
        said.append(
            _("A term cut short asks for fewer days in proportion, rounded %(how)s.")
            % {"how": CHOICE_WORDS["pro_rata_rounding"][rules.pro_rata_rounding]}
        )
    said.append(
        _("A term that falls short counts as not met.")
        if rules.term_strict
        else _("A term that falls short is pointed out only.")
    )
    return said


def _weights(rules: ServiceRules) -> str:
    counted = [
        _("%(kind)s %(worth)s") % {"kind": words, "worth": _plain(rules.weights[kind])}
        for kind, words in KIND_WORDS.items()
        if rules.weights.get(kind)
    ]
    if not counted:
        return _("No kind of day counts.")
    return _("Counted as days: %(kinds)s; other kinds do not count.") % {"kinds": "、".join(counted)}


def _plain(worth: Decimal) -> str:
    return f"{worth.normalize():f}"


def _counting(rules: ServiceRules) -> list[str]:
    names = ("visit_belongs_to", "days_belong_to", "same_day_hosts")
    words = {name: CHOICE_WORDS[name][getattr(rules, name)] for name in (*names, "month_kind")}
    return [
        _("A month of service is %(month_kind)s.") % words,
        _("A visit over two months belongs to %(visit_belongs_to)s; its days count for %(days_belong_to)s.") % words,
        _("One day at two enterprises counts %(same_day_hosts)s.") % words,
    ]


def _answering(rules: ServiceRules) -> list[str]:
    silence = rules.silence_confirms_after_days
    said = [_("Visits can be logged until %(days)s days after the month's end.") % {"days": rules.grace_days}]
    said.append(
        _("Only the enterprise's answer confirms a visit.")
        if silence is None
        else _("A visit unanswered for %(days)s days counts as confirmed.") % {"days": silence}
    )
    if rules.refuses:
        kinds = "、".join(str(words) for kind, words in REFUSED_WORDS.items() if kind in rules.refuses)
        said.append(_("Refused when logged: %(kinds)s.") % {"kinds": kinds})
    return said
