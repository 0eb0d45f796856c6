"""The code that shows that somebody reads what is sent to an address.

It is derived from the question. It is stored only in the message that carries it, whose text is emptied when it was
sent or is too old.
"""

from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from outbox.models import Channel

VALID = timedelta(hours=24)
MOST_TRIES = 5


def code_of(channel: Channel) -> str:
    """Six digits that follow from whose address it is, which, and when it was asked about."""
    asked = f"{channel.user_id}:{channel.medium}:{channel.address}:{channel.asked_at.timestamp()}"
    return f"{int(salted_hmac('outbox.code', asked, algorithm='sha256').hexdigest(), 16) % 1_000_000:06d}"


def is_right(channel: Channel, code: str, *, at: datetime) -> bool:
    """Whether this is the code, and not too late."""
    in_time = channel.asked_at <= at <= channel.asked_at + VALID
    return in_time and constant_time_compare(code_of(channel), code.strip())
