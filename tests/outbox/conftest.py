"""A mail server of the test's own, and people who are reached by it."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from accounts.models import User
from outbox.models import Channel, Mail
from tests.factories import CityUserFactory, moment
from tests.outbox.server import Postmaster, mail_server

AT = moment(date(2026, 3, 2))


@pytest.fixture
def server(settings: Any) -> Iterator[Postmaster]:
    """The mail server of the settings, which answers within two seconds or not at all."""
    with mail_server() as (postmaster, port):
        use(settings, port)
        yield postmaster


def use(settings: Any, port: int) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "rencai@yunquan.example"
    settings.EMAIL_TIMEOUT, settings.EMAIL_WHOLE_TIMEOUT = 2.0, 2.0
    settings.SITE_URL = "https://talent.example"


def with_address(user: User | None = None, address: str = "", **facts: Any) -> User:
    """A person who has confirmed a mail address."""
    user = user or CityUserFactory()
    address = address or f"{user.username}@example.org"
    Channel.objects.create(user=user, medium="mail", address=address, asked_at=AT, confirmed_at=AT, **facts)
    return user


@pytest.fixture
def new_mail() -> Callable[..., Mail]:
    """A message that waits."""
    count = iter(range(1000))

    def make(**facts: Any) -> Mail:
        number = next(count)
        usual = {"medium": "mail", "address": f"a{number}@example.org", "kind": "test", "key": str(number)}
        usual |= {"subject": f"主题{number}", "text": "正文\n", "queued_at": AT}
        return Mail.objects.create(**usual | facts)

    return make
