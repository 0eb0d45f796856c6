"""The weights of the factors: which are in force, why, and taken back; `matching.lessons` learns them anew."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.action import By, action
from core.errors import Refused
from core.parameters import key_of
from matchengine.weights import FACTORS, Weights
from matching.models import FactorWeights

# What was decided and why, by `FactorWeights.why`.
WHY: dict[str, Any] = {
    "adopted": gettext_lazy("The learned weights are better by more than the noise; they are in force now."),
    "too_little": gettext_lazy("There is too little feedback to learn from; nothing was changed."),
    "same": gettext_lazy("The feedback leads to the same weights; nothing was changed."),
    "no_gain": gettext_lazy(
        "The learned weights are not better on needs they were not fitted on; nothing was changed."
    ),
    "noise": gettext_lazy("The gain is within the noise; nothing was changed."),
    "taken_back": gettext_lazy(
        "Learned weights were taken back before; nothing is changed until there is half as much feedback again."
    ),
    "rolled_back": gettext_lazy("The earlier weights are in force again."),
}
ADOPTED = ("adopted", "rolled_back")
WEIGHED = "+w"  # what separates an engine's version from that of its weights


def current_weights() -> Weights:
    """The weights in force: those last adopted, or the default; the default too where an engine with other factors
    left them."""
    return _weights(FactorWeights.objects.filter(current=True).first())


def weights_of(engine_version: str) -> Weights:
    """The weights that an engine's version names, such as "2.0+w3"; the default where it names none that is kept."""
    number = engine_version.rpartition(WEIGHED)[2]
    version = key_of(number)
    return _weights(FactorWeights.objects.filter(version=version).first() if version else None)


def _weights(row: FactorWeights | None) -> Weights:
    return Weights.of(row.weights, row.version) if row and set(row.weights) == set(FACTORS) else Weights()


@action(gettext_lazy("weights taken back"))
def roll_back(*, by: By, at: datetime, reason: str) -> FactorWeights:
    """Take the weights in force back: those they replaced, or the default, are in force again, as a decision of its
    own with its reason. Refused without a reason, and where the default is in force."""
    if not reason.strip():
        raise Refused(_("Say why the weights are taken back."), code="reason_missing")
    take_turns()
    current = _learned_version(FactorWeights.objects.filter(current=True).first())
    if current == 0:
        raise Refused(_("The default weights are in force; there is nothing to take back."), code="default")
    replaced = FactorWeights.objects.get(version=current).facts["against"]
    before = FactorWeights.objects.filter(version=replaced).first()
    facts = {"taken_back": current, "to": _learned_version(before), "reason": reason.strip()}
    return decide(_weights(before), "rolled_back", facts, by=by, at=at)


def _learned_version(row: FactorWeights | None) -> int:
    """The version of the decision that learned the weights in force; 0 for the default."""
    if row is None:
        return 0
    return int(row.facts["to"]) if row.why == "rolled_back" else row.version


def decide(weights: Weights, why: str, facts: dict[str, Any], *, by: By, at: datetime) -> FactorWeights:
    """Keep a decision, and put its weights in force where they are adopted."""
    adopted = why in ADOPTED
    if adopted:
        FactorWeights.objects.filter(current=True).update(current=False)
    last = FactorWeights.objects.order_by("-version").values_list("version", flat=True).first() or 0
    return FactorWeights.objects.create(
        version=last + 1,
        weights=dict(weights),
        adopted=adopted,
        current=adopted,
        why=why,
        facts=facts,
        made_by=by,
        made_at=at,
    )


def take_turns() -> None:
    """Wait for whoever decides just now; readers go on. There may be no row yet that could be locked instead."""
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{FactorWeights._meta.db_table}" IN SHARE ROW EXCLUSIVE MODE')
