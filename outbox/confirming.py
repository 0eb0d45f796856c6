"""The code with which a user confirms that he reads what is sent to an address.

The code is computed from the row of the address. It is stored only in the text of the message that contains it, and
that text is emptied when the message was sent or is too old.
"""

from datetime import datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from outbox.models import Channel

VALID = timedelta(hours=24)
MOST_TRIES = 5


def code_of(channel: Channel) -> str:
    """Six digits, computed from the user, the medium, the address, and the moment at which the code was asked for."""
    asked = f"{channel.user_id}:{channel.medium}:{channel.address}:{channel.asked_at.timestamp()}"
    return f"{int(salted_hmac('outbox.code', asked, algorithm='sha256').hexdigest(), 16) % 1_000_000:06d}"


def is_right(channel: Channel, code: str, *, at: datetime) -> bool:
    """Whether `code` is the code of the channel and is given in time."""
    in_time = channel.asked_at <= at <= channel.asked_at + VALID
    return in_time and constant_time_compare(code_of(channel), code.strip())
