"""Demands that cannot be met together, in plain sentences with what to change; and pins that could not be kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from enterprises.models import Enterprise, Need
from experts.models import Doctor, University
from officedata import codes

NAMED = 5  # doctors named in a sentence; more are counted

# What needs in conflict have in common: (several of them, discipline, university) → the beginning of the sentence.
COMMON: dict[tuple[bool, bool, bool], Any] = {
    (False, False, False): gettext_lazy("For need %(needs)s only %(count)s doctors fit"),
    (True, False, False): gettext_lazy("For the needs %(needs)s together only %(count)s doctors fit"),
    (False, True, False): gettext_lazy("Need %(needs)s demands the discipline %(discipline)s"),
    (True, True, False): gettext_lazy("The needs %(needs)s all demand the discipline %(discipline)s"),
    (False, False, True): gettext_lazy("Need %(needs)s can only be served from %(university)s"),
    (True, False, True): gettext_lazy("The needs %(needs)s can only be served from %(university)s"),
    (False, True, True): gettext_lazy(
        "Need %(needs)s demands the discipline %(discipline)s and can only be served from %(university)s"
    ),
    (True, True, True): gettext_lazy(
        "The needs %(needs)s all demand the discipline %(discipline)s and can only be served from %(university)s"
    ),
}
# The limit that binds: (what it is, anything left) → the middle of the sentence.
BINDS: dict[tuple[str, bool], Any] = {
    ("university", True): gettext_lazy("the quota of %(university)s has only %(left)s left"),
    ("university", False): gettext_lazy("the quota of %(university)s is used up"),
    ("class", True): gettext_lazy("the quota of the class “%(class)s” has only %(left)s left"),
    ("class", False): gettext_lazy("the quota of the class “%(class)s” is used up"),
    ("doctor", True): gettext_lazy("%(doctors)s has only %(left)s places left"),
    ("doctor", False): gettext_lazy("%(doctors)s has no place left"),
    ("doctors", True): gettext_lazy("the doctors who fit (%(doctors)s) have only %(left)s places left between them"),
    ("doctors", False): gettext_lazy("the doctors who fit (%(doctors)s) have no place left"),
}
# Why a pinned pair is not in the plan.
UNKEPT: dict[str, Any] = {
    "unknown_need": gettext_lazy("the need does not wait for a doctor in this batch"),
    "unknown_doctor": gettext_lazy("the doctor does not take part"),
    "forbidden": gettext_lazy("the pair is forbidden"),
    "twice": gettext_lazy("another doctor is pinned to this need"),
    "same_enterprise": gettext_lazy("the doctor is pinned to another need of this enterprise"),
    "capacity": gettext_lazy("the doctor has no place left"),
    "quota": gettext_lazy("a quota is used up"),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Needs that cannot all be served, the sentence that says why, and what could be changed."""

    needs: Sequence[Need]
    sentence: str
    changes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Known:
    """The rows that conflicts name, by key."""

    needs: Mapping[int, Need]
    doctors: Mapping[int, Doctor]
    universities: Mapping[int, University]

    def names(self, keys: Iterable[int]) -> str:
        doctors = [self.doctors[key].name for key in keys if key in self.doctors]
        named = pgettext("list", ", ").join(doctors[:NAMED])
        if len(doctors) <= NAMED:
            return named
        return _("%(names)s and others, %(count)s in all") % {"names": named, "count": len(doctors)}


def conflicts_in_words(stored: Iterable[Mapping[str, Any]], lacking: int) -> list[Conflict]:
    """Stored conflicts of a run as sentences, those about most needs first; three queries however many there are.

    Each is {"needs": [key…], "doctors": [key…], "limits": [{"kind", "key", "left"}…], "short": n, "must": bool,
    "remedies": [{"limits", "doctors", "more", "left"}…]}; kinds are doctor, university and class, and `must` says that
    orders and pins alone contradict each other. `lacking` needs of the plan are without a doctor.
    """
    rows = [row for row in stored if row.get("needs")]
    known = _known(rows)
    told = [_told(row, known, lacking) for row in rows if any(key in known.needs for key in row["needs"])]
    return sorted(told, key=lambda conflict: -len(conflict.needs))


def _known(rows: Sequence[Mapping[str, Any]]) -> Known:
    def keys(name: str, kind: str) -> set[int]:
        limits = {int(one["key"]) for row in rows for one in row["limits"] if one["kind"] == kind}
        return {int(key) for row in rows for key in row.get(name, ())} | limits

    asked = {int(key) for row in rows for remedy in row.get("remedies", ()) for key in remedy["doctors"]}
    doctors = Doctor.objects.select_related("university").in_bulk(keys("doctors", "doctor") | asked)
    return Known(
        needs=Need.objects.select_related("enterprise").in_bulk(keys("needs", "need")),
        doctors=doctors,
        universities=University.objects.in_bulk(keys("", "university")),
    )


def _told(row: Mapping[str, Any], known: Known, lacking: int) -> Conflict:
    needs = [known.needs[key] for key in row["needs"] if key in known.needs]
    doctors = [known.doctors[key] for key in row.get("doctors", ()) if key in known.doctors]
    discipline, university = _discipline(needs), _university(doctors)
    facts = {
        "needs": pgettext("list", ", ").join(need.number for need in needs),
        "count": len(doctors),
        "discipline": discipline,
        "university": university or "",
    }
    head = COMMON[len(needs) > 1, bool(discipline), university is not None] % facts
    if not doctors:
        head = _("No doctor fits for %(needs)s") % facts
    binds = pgettext("list", ", ").join(_limits(row["limits"], known))
    words = {"head": head, "binds": binds, "short": row["short"]}
    sentence = (
        _("%(head)s, and %(binds)s: %(short)s cannot be served.")
        if binds
        else _("%(head)s: %(short)s cannot be served.")
    )
    return Conflict(needs, sentence % words, _changes(row, known, lacking))


def _discipline(needs: Sequence[Need]) -> str:
    """The name of the discipline that all of these needs demand; "" where they demand none or different ones."""
    asked = sorted((need.discipline for need in needs), key=len)
    demanded = all(need.discipline_required and need.discipline for need in needs)
    if not demanded or any(not code.startswith(asked[0]) for code in asked):
        return ""
    return codes.discipline_name(asked[0])


def _university(doctors: Sequence[Doctor]) -> University | None:
    """The university that all who fit come from."""
    found = {doctor.university for doctor in doctors}
    return found.pop() if len(found) == 1 else None


def _limits(limits: Sequence[Mapping[str, Any]], known: Known) -> list[str]:
    """The limits that bind; doctors' places are named together."""
    told = [_limit(one, known) for one in limits if one["kind"] != "doctor"]
    doctors = [one for one in limits if one["kind"] == "doctor"]
    if doctors:
        left = sum(one["left"] for one in doctors)
        kind = "doctor" if len(doctors) == 1 else "doctors"
        names = known.names(int(one["key"]) for one in doctors)
        told.append(BINDS[kind, left > 0] % {"doctors": names, "left": left})
    return told


def _limit(limit: Mapping[str, Any], known: Known) -> str:
    facts = {"left": limit["left"], "university": "", "class": ""}
    if limit["kind"] == "university":
        facts["university"] = known.universities.get(int(limit["key"]), limit["key"])
    else:
        facts["class"] = dict(Enterprise.Class.choices).get(limit["key"], limit["key"])
    return str(BINDS[limit["kind"], limit["left"] > 0] % facts)


def _changes(row: Mapping[str, Any], known: Known, lacking: int) -> list[str]:
    """What helps, one change in each line: the changes that were tried with their results, and what always ends a
    conflict."""
    changes = [_remedy(remedy, known, lacking) for remedy in row.get("remedies", ())]
    if not changes and "remedies" in row:
        changes = [
            _("No quota raised and no place more of one of these doctors helps; register further doctors who fit.")
        ]
    if row.get("must"):
        return [*changes, _("Lift a pin or cancel an order among these needs.")]
    return [*changes, _("Leave %(short)s of these needs to the next batch.") % {"short": row["short"]}]


def _remedy(remedy: Mapping[str, Any], known: Known, lacking: int) -> str:
    steps = [_raised(one, remedy["more"], known) for one in remedy["limits"]]
    if remedy["doctors"]:
        names = pgettext("one of a list", " or ").join(
            known.doctors[key].name for key in remedy["doctors"][:NAMED] if key in known.doctors
        )
        steps.append(_("ask %(doctors)s to serve one enterprise more") % {"doctors": names})
    facts = {"steps": _(" and ").join(steps), "lacking": lacking, "left": remedy["left"]}
    return _("Tried: %(steps)s. Needs without a doctor: %(left)s instead of %(lacking)s.") % facts


def _raised(limit: Mapping[str, Any], more: int, known: Known) -> str:
    if limit["kind"] == "university":
        whose = known.universities.get(int(limit["key"]), limit["key"])
        return _("raise the quota of %(university)s by %(more)s") % {"university": whose, "more": more}
    whose = dict(Enterprise.Class.choices).get(limit["key"], limit["key"])
    return _("raise the quota of the class “%(class)s” by %(more)s") % {"class": whose, "more": more}


def all_followed_in_words(facts: Mapping[str, Any]) -> str:
    """The result of following the first advice of every conflict together, where several have one."""
    if facts.get("all_followed") is None:
        return ""
    return _(
        "%(lacking)s needs are without a doctor. If the first advice of every box below is followed, %(left)s are left."
    ) % {"lacking": facts["lacking"], "left": facts["all_followed"]}


def unkept_in_words(stored: Iterable[Mapping[str, Any]]) -> list[str]:
    """Pins that are not in the plan, each {"need", "doctor", "fault"}, in a sentence with the reason."""
    rows = list(stored)
    needs = Need.objects.in_bulk({int(row["need"]) for row in rows})
    doctors = Doctor.objects.in_bulk({int(row["doctor"]) for row in rows})
    return [
        _("“%(need)s” could not be kept for %(doctor)s: %(why)s.")
        % {
            "need": needs.get(int(row["need"]), row["need"]),
            "doctor": doctors.get(int(row["doctor"]), row["doctor"]),
            "why": UNKEPT.get(row["fault"], row["fault"]),
        }
        for row in rows
    ]
