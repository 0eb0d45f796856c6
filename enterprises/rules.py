"""Who may do what with enterprises, needs, surveys and hosts, and in which state of them. What exists for someone is
said by `visible_to`. Taking a need back and ordering for it are acts of apps above: see their rules."""

import rules

from accounts.models import User
from accounts.rules import give, is_county_office, is_enterprise, is_office, is_operator
from core.permissions import can_become
from core.scope import sees
from enterprises.models import Enterprise, Member, Need, Qualification, VisitSheet
from programmes.models import Batch


@rules.predicate
def is_its_enterprise(user: User, need: Need | None) -> bool:
    """Without a need at hand: whether the user acts for any enterprise."""
    if need is None:
        return is_enterprise(user)
    return need.enterprise.members.filter(user=user).exists()


@rules.predicate
def in_its_area(user: User, row: Enterprise | Qualification | Member | Need | None) -> bool:
    """The enterprise lies where the user's office answers for it; asked of rows not written yet, too."""
    if row is None:
        return True
    enterprise = row if isinstance(row, Enterprise) else row.enterprise
    # A new one is known by its district alone.
    return sees(user, enterprise.district) and (enterprise._state.adding or sees(user, enterprise))


@rules.predicate
def acts_for_it(user: User, row: Enterprise | Member | None) -> bool:
    """Without a row at hand: whether the user acts for any enterprise."""
    if row is None:
        return is_enterprise(user)
    enterprise = row.enterprise if isinstance(row, Member) else row
    return is_enterprise(user) and enterprise.members.filter(user=user).exists()


@rules.predicate
def awaits_review(user: User, need: Need) -> bool:
    """Sent to the office and not decided; or expired, for publishing it again renews it."""
    return need.status in Need.PUBLISHABLE


@rules.predicate
def has_personal_numbers(user: User, need: Need) -> bool:
    """The text has personal numbers, and can no longer be rewritten."""
    return need.has_personal_numbers and not need.may_move(Need.Status.SUBMITTED)


@rules.predicate
def is_not_recorded(user: User, sheet: VisitSheet) -> bool:
    return sheet.visited_on is None


@rules.predicate
def takes_hosts(user: User, batch: Batch) -> bool:
    return batch.takes_hosts


reviewer = is_operator | is_county_office
editor = reviewer & in_its_area

for model in ("enterprise", "qualification", "member", "need", "survey", "visitsheet", "host"):
    give(f"enterprises.view_{model}", is_office)
for model in ("enterprise", "qualification", "member"):
    give(f"enterprises.add_{model}", editor)
    give(f"enterprises.change_{model}", editor)
for model in ("survey", "visitsheet"):
    give(f"enterprises.add_{model}", is_operator)
    give(f"enterprises.change_{model}", is_office)
give("enterprises.change_need", is_office)
give("enterprises.read_qualification", is_office | is_enterprise)
give("enterprises.fill_visitsheet", is_office, when=is_not_recorded)

give("enterprises.inspect_need", is_office | is_its_enterprise)
give("enterprises.post_need", is_enterprise)
# The office corrects a need for an enterprise that asks it to, on the enterprise's own form.
give("enterprises.edit_need", is_its_enterprise | editor, when=can_become(Need.Status.SUBMITTED))
give("enterprises.hide_numbers_need", is_its_enterprise | editor, when=has_personal_numbers)
give("enterprises.submit_need", is_its_enterprise, when=can_become(Need.Status.SUBMITTED))
give("enterprises.reveal_enterprise", is_office)
give("enterprises.review_need", reviewer)
give("enterprises.publish_need", reviewer, when=awaits_review)
give("enterprises.return_need", reviewer, when=can_become(Need.Status.RETURNED))
give("programmes.host_batch", is_operator, when=takes_hosts)
give("enterprises.import_need", is_operator)
for model in ("enterprise", "member"):
    give(f"enterprises.invite_{model}", editor | acts_for_it)
