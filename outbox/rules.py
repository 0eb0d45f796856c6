"""Permissions for messages, and the states in which each can be used."""

import rules

from accounts.models import User
from accounts.rules import give, is_operator
from outbox.models import Mail


def stands(*states: str) -> rules.Predicate:
    """A rule about a message: its state is one of these."""
    return rules.predicate(lambda user, mail: mail.state in states)


@rules.predicate
def is_true_still(user: User, mail: Mail) -> bool:
    """Whether what the message tells is still true; an outdated message is not sent again."""
    return not mail.outdated


STATE = Mail.State
for model in ("mail", "channel", "preference"):
    give(f"outbox.view_{model}", is_operator)
# The first permission is for the page of messages as a whole, the others are for acts on one message.
give("outbox.settle_mail", is_operator)
give("outbox.hurry_mail", is_operator, when=stands(STATE.QUEUED) & is_true_still)
give("outbox.arrive_mail", is_operator, when=stands(STATE.UNSURE))
give("outbox.resend_mail", is_operator, when=stands(STATE.UNSURE, STATE.FAILED, STATE.WITHDRAWN) & is_true_still)
give("outbox.withdraw_mail", is_operator, when=stands(STATE.QUEUED, STATE.UNSURE))
