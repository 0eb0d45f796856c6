"""A test mail: sent at once, while the person waits, to see what the server answers."""

from datetime import datetime

from django.db.models.functions import Now

from accounts.models import User
from outbox import post, sending
from outbox.carriers import NotSent, carrier_of
from outbox.kinds import kind
from outbox.models import Mail, Medium

SECONDS = 8.0  # for each of reaching the server and sending: the person looks at an empty page meanwhile
TEST = kind("test", "", for_whom=lambda user: False)


def send_test(address: str, *, by: User, at: datetime) -> Mail | None:
    """Write a test mail and send it in this very request; the row tells how that ended. None without a server."""
    carrier = carrier_of(Medium.MAIL, seconds=SECONDS)
    if carrier is None:
        return None
    told = post.Letter([], f"{by.pk}:{at.timestamp()}")
    mail = post.mail(Medium.MAIL, address, TEST, told, at=at)
    mail.user = by if by.email == address else None
    mail.save()
    try:
        carrier.open()
        claimed = sending.claim(Medium.MAIL, mail.pk)
        if claimed is not None:  # else a worker was quicker
            sending.deliver(claimed, carrier)
    except NotSent as trouble:
        Mail.objects.filter(pk=mail.pk, cause="").update(cause=trouble.cause, answer=trouble.answer)
    finally:
        carrier.close()
    # Nobody wants a test that comes hours later.
    waiting = Mail.objects.filter(pk=mail.pk, state=Mail.State.QUEUED)
    waiting.update(state=Mail.State.WITHDRAWN, ended_at=Now())
    mail.refresh_from_db()
    return mail
