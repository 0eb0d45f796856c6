"""A phone number and a mail address stand in full nowhere but on pages and forms about their person."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.models import User
from core.notices import notify
from core.phones import reveal_phone
from enterprises.models import Enterprise
from identity.models import Invitation
from outbox.models import Channel, Mail
from tests import factories as f
from tests.factories import START, moment
from tests.test_routes import ROUTES, World, address

pytestmark = pytest.mark.django_db
AT = moment(START)
NUMBERS = ["13711110001", "13711110002", "13711110003", "13711110004", "13711110005"]
MAILS = [
    "marked-user@example.org",
    "marked-doctor@example.org",
    "marked-channel@example.org",
    "marked-mail@example.org",
    "marked-invitation@example.org",
]
# Pages about one person or one message, and forms in which what is stored is changed.
ABOUT_ONE = re.compile(
    r"/(edit|change|add|new|password|fill|delete)/|^doctors/<key:pk>/$|^office/mails/<key:pk>/$|^my-data/|phone/$"
)


@pytest.fixture
def world() -> World:
    """The rows of the walk over all routes, with a marked number or address in each personal column."""
    made = World()
    doctor, firm = made.things["doctor"], made.things["need"].enterprise
    User.objects.filter(pk=doctor.user_id).update(phone=NUMBERS[0], email=MAILS[0])
    type(doctor).objects.filter(pk=doctor.pk).update(phone=NUMBERS[1], email=MAILS[1])
    Enterprise.objects.filter(pk=firm.pk).update(contact_phone=NUMBERS[2])
    type(made.things["need"]).objects.update(contact_phone=NUMBERS[3])
    Channel.objects.create(user=doctor.user, medium="sms", address=NUMBERS[4], asked_at=AT)
    Channel.objects.create(user=doctor.user, medium="mail", address=MAILS[2], asked_at=AT, confirmed_at=AT)
    told: dict[str, Any] = {"kind": "watch_alarm", "subject": "主题", "text": "正文", "queued_at": AT}
    Mail.objects.create(user=doctor.user, medium="mail", address=MAILS[3], key="m", **told)
    Mail.objects.create(user=doctor.user, medium="sms", address=NUMBERS[4], key="s", **told)
    Invitation.objects.filter(pk=made.things["invitation"].pk).update(way="mail", address=MAILS[4])
    notify([made.people["doctor"]], "need_published", key="2", at=AT, title="镁碳砖")
    reader = f.CityUserFactory()
    reveal_phone(type(doctor).objects.get(pk=doctor.pk), by=reader, at=AT, address="127.0.0.1")
    return made


READERS: dict[str, Any] = {
    "city": f.CityUserFactory,
    "county": f.CountyUserFactory,
    "department": f.DepartmentUserFactory,
    "another enterprise": lambda: f.MemberFactory().user,
    "another university": lambda: f.LiaisonFactory().user,
    "another doctor": lambda: f.DoctorFactory().user,
}


def reader_of(world: World, name: str) -> User:
    return world.people.get(name) or READERS[name]()


def pages(client: Client, world: World) -> Iterator[tuple[str, str]]:
    """What somebody reads at each address that is no page about one person, and the export of each list."""
    for route in ROUTES:
        if ABOUT_ONE.search(route.path) or "logout" in route.name:
            continue
        answer = client.get(address(route, world))
        yield f"{route.path} Location", answer.headers.get("Location", "")
        if answer.status_code == 200 and not answer.streaming:
            text = answer.content.decode(errors="replace")
            yield route.path, text
            if "export=xlsx" in text:
                yield f"{route.path} xlsx", sheet(client, address(route, world))


def sheet(client: Client, url: str) -> str:
    answer = client.get(url, {"export": "xlsx"})
    if not answer.streaming:
        return ""
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))
    return "\n".join(str(value) for row in book.active.iter_rows(values_only=True) for value in row if value)


@pytest.mark.parametrize("name", ["enterprise", "university", *READERS])
def test_no_list_notice_export_or_address_shows_a_number_or_a_mail_address(world: World, name: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(reader_of(world, name))
    found = {(path, mark) for path, text in pages(client, world) for mark in [*NUMBERS, *MAILS] if mark in text}
    assert sorted(found) == []


def test_the_marks_are_there_to_be_found(world: World) -> None:
    """The person's own page shows them, so that the walk above could."""
    client = Client()
    client.force_login(world.people["doctor"])
    text = client.get("/my-data/").content.decode()
    assert [mark for mark in [NUMBERS[0], NUMBERS[1], MAILS[0], MAILS[1], MAILS[2]] if mark not in text] == []
