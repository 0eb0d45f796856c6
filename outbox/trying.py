"""The test mail: it is sent like any other, and the office's page of messages shows the answer of the server."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from outbox import post
from outbox.carriers import is_set_up
from outbox.kinds import kind
from outbox.models import Mail, Medium

# A test mail is of no use if it arrives hours later.
TEST = kind("test", "", for_whom=lambda user: False, useful_for=timedelta(minutes=10))


@transaction.atomic
def send_test(address: str, *, by: User, at: datetime) -> bool:
    """Write a test mail and withdraw those that wait; False if no mail server is set up."""
    if not is_set_up(Medium.MAIL):
        return False
    post.withdraw(Mail.objects.filter(kind=TEST))
    told = post.Letter([], f"{by.pk}:{at.timestamp()}")
    mail = post.mail(Medium.MAIL, address, TEST, told, at=at)
    mail.user = by if by.email == address else None
    post.put([mail])
    return True


def last_test() -> Mail | None:
    """The newest test mail; its row has the answer of the server."""
    return Mail.objects.filter(kind=TEST).order_by("-pk").first()
