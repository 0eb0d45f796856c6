"""The page on which a batch is moved to another version of its rules, and what the move changes."""

from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import Refused
from core.models import Proposal
from core.parameters import key_of
from core.permissions import may
from core.scope import visible
from programmes.draft_side import Sign, sign_of
from programmes.models import Batch, RuleSet
from programmes.office import batch_of
from programmes.powers import ask_for_repin
from programmes.readers import Moved, move_of, wrong_rules
from programmes.rulebook import language, read
from programmes.window_words import window_word
from servicerules import lexicon_of
from ui.act_page import Ask, act_page
from ui.forms import ScopedForm
from ui.office_table import ReasonForm, person


class NamedChange(NamedTuple):
    """A service, a window, and its state before and after."""

    name: str
    window: str
    before: Sign
    after: Sign


@dataclass(frozen=True)
class ShownMove:
    """What a move changes: how many windows from which state to which, and the first ones; or why nobody knows."""

    changes: list[tuple[Sign, Sign, int]]
    first: list[NamedChange]
    moved: Moved
    unknown: str = ""

    @property
    def total(self) -> int:
        return sum(count for _before, _after, count in self.changes)

    @property
    def more(self) -> int:
        """How many changes are not named."""
        return self.total - len(self.first)

    @property
    def is_part(self) -> bool:
        """Whether the batch has more services than were judged."""
        return self.moved.judged < self.moved.services


def shown_move(batch: Batch, rules: RuleSet, reader: User) -> ShownMove:
    """What the batch's move to a version changes, with whole names for whoever may see batches' services."""
    if wrong := wrong_rules(rules.data):
        return ShownMove([], [], Moved(), " ".join(wrong))
    masked = not may(reader, "repin", Batch)
    new = read(rules.data)
    lexicon = lexicon_of(new, language())
    try:
        moved = move_of(batch, new, timezone.localdate(), masked=masked)
    except Refused as refused:  # the batch's own rules cannot be read, which is why it is moved
        return ShownMove([], [], Moved(), refused.message)
    changes = sorted(moved.changes.items(), key=lambda each: (-each[1], each[0]))
    return ShownMove(
        [(sign_of(before), sign_of(after), count) for (before, after), count in changes],
        [
            NamedChange(name, window_word(key, lexicon), sign_of(before), sign_of(after))
            for name, key, before, after in moved.first
        ],
        moved,
    )


class MoveForm(ReasonForm, ScopedForm):
    """To which version, and why."""

    rule_set = forms.ModelChoiceField(RuleSet.objects.none(), label=gettext_lazy("Version of the rules"))
    field_order = ("rule_set", "reason")

    def __init__(self, *typed: Any, user: User, others: Any, chosen: RuleSet | None) -> None:
        super().__init__(*typed, user=user)
        self.initial = {"rule_set": chosen}
        self.fields["rule_set"].queryset = visible(others, user)  # type: ignore[attr-defined]


def batch_rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a batch to a corrected version: what changes is shown for the version that the address names."""
    batch = batch_of(request, pk, "repin")
    others = RuleSet.objects.visible_to(person(request)).filter(code=batch.rule_set.code)
    others = others.exclude(pk=batch.rule_set_id).order_by("-version")
    named = request.POST.get("rule_set") if request.method == "POST" else request.GET.get("to")
    chosen = others.filter(pk=key_of(named) or 0).first() or others.first()
    title = _("Move to another version of its rules")
    ask = Ask(
        title=title,
        lede=_("A second person decides. What is locked stays as it is; what is not locked is judged anew."),
        button=_("Propose the move"),
        crumbs=[(_("Talent office"), reverse("admin:index")), (str(batch), batch.get_absolute_url()), (title, "")],
        base="office/base.html",
    )
    facts = {
        "batch": batch,
        "others": others,
        "chosen": chosen,
        "move": shown_move(batch, chosen, person(request)) if chosen is not None else None,
    }
    form = partial(MoveForm, user=person(request), others=others, chosen=chosen)
    return act_page(
        request, batch, form, ask_for_repin, ask=ask,
        verb="repin", done=_proposed, facts=facts, template="programmes/batch_move.html",
        leads_to=lambda made: made, back=batch.get_absolute_url(),
    )  # fmt: skip


def _proposed(made: Proposal | Batch) -> str:
    if isinstance(made, Batch) or made.status == Proposal.Status.APPROVED:
        return _("The batch is moved.")
    return _("Proposed. A second person decides.")
