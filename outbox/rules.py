"""Who may do what with messages, and in which state of them."""

import rules

from accounts.models import User
from accounts.rules import give, is_city_office
from outbox.models import Mail


def stands(*states: str) -> rules.Predicate:
    """A rule about a message: it is in one of these states."""
    return rules.predicate(lambda user, mail: mail.state in states)


@rules.predicate
def is_true_still(user: User, mail: Mail) -> bool:
    """What is no longer true is not sent again."""
    return not mail.outdated


STATE = Mail.State
for model in ("mail", "channel", "preference"):
    give(f"outbox.view_{model}", is_city_office)
# The page of messages as a whole, and its acts on one.
give("outbox.settle_mail", is_city_office)
give("outbox.hurry_mail", is_city_office, when=stands(STATE.QUEUED) & is_true_still)
give("outbox.arrive_mail", is_city_office, when=stands(STATE.UNSURE))
give("outbox.resend_mail", is_city_office, when=stands(STATE.UNSURE, STATE.FAILED, STATE.WITHDRAWN) & is_true_still)
give("outbox.withdraw_mail", is_city_office, when=stands(STATE.QUEUED, STATE.UNSURE))
