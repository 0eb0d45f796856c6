"""The page of the city office that says how operation is, and the line on its home."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import heartbeats
from core.errors import Refused
from core.models import Job
from core.set_aside import set_aside
from talentlink.watch import looking, page
from talentlink.watch.lanes import LANES
from talentlink.watch.looking import LOOKS
from talentlink.watch.parts import Part
from talentlink.watch.signs import Level, Look, Sign
from tests import factories as f
from tests.factories import START, moment
from tests.office.conftest import As

pytestmark = pytest.mark.django_db
PAGE = "/office/watch/"


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """The home page keeps what it saw for some seconds."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Look]:
    """The signs that are looked at, without those of this machine."""
    kept = [look for look in LOOKS if look.part not in (Part.DISK, Part.BACKUP)]
    monkeypatch.setattr(looking, "LOOKS", kept)
    heartbeats.beat("worker all@here", "worker", ",".join(LANES))
    heartbeats.beat("beat@here", "beat")
    return kept


def shown(client: Client) -> tuple[list[str], list[str], str]:
    """The keys of the troubles and of what is fine, and how it is as a whole."""
    found = client.get(PAGE).context
    return [sign.key for sign in found["troubles"]], [sign.key for sign in found["fine"]], str(found["worst"])


def test_all_is_well(as_user: As, city: User, looks: list[Look]) -> None:
    client = as_user(city)
    assert shown(client) == ([], [look.part.value for look in looks], "good")
    text = client.get(PAGE).content.decode()
    assert "All is well" in text
    assert client.get("/office/").context["troubles"] == []
    assert 'id="watch-line"' not in client.get("/office/").content.decode()


def test_the_worst_stands_first_with_words_and_a_way_to_the_rows(as_user: As, city: User, looks: list[Look]) -> None:
    set_aside("close_month", f.ProgrammeFactory(), Refused("x"), at=moment(START))
    Job.objects.create(kind="close_month", key="1", state="failed", not_before=moment(START), ended_at=f.moment(START))
    Job.objects.update(ended_at=datetime.now().astimezone())
    client = as_user(city)
    assert shown(client)[0] == ["failed", "aside"]
    text = client.get(PAGE).content.decode()
    for words in ("Wrong", "Needs attention", "What it means", "What to do", "/office/core/job/?state__exact=failed"):
        assert (words, words in text) == (words, True)
    home = client.get("/office/")
    assert [sign.key for sign in home.context["troubles"]] == ["failed", "aside"]
    assert "Work given up on: 1 jobs were given up on, 1 of them in the last 24 hours" in home.content.decode()
    assert "2 parts of operation are not as they should be" in home.content.decode()


def test_what_is_fine_leads_to_its_rows(as_user: As, city: User, looks: list[Look]) -> None:
    signs = {sign.key: sign.link for sign in as_user(city).get(PAGE).context["fine"]}
    assert {key: link for key, link in signs.items() if link} == {
        "waiting": "/office/core/job/?state__exact=queued&routine=1",
        "leases": "/office/core/job/?state__exact=running&routine=1",
        "failed": "/office/core/job/?state__exact=failed",
        "unknown": "/office/core/job/?state__exact=queued&routine=1",
        "aside": "/office/core/setaside/",
        "months": "/office/core/period/",
        "offers": "/office/assignments/dispatch/?status__exact=offered",
        "mails": "/office/mails/",
    }
    text = as_user(city).get(PAGE).content.decode()
    assert '<a href="/office/mails/">Messages go out</a>' in text


def broken(at: datetime) -> Sign:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM no_such_table")
    raise AssertionError


def slow(at: datetime) -> Sign:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
    raise AssertionError


def fine(at: datetime) -> Sign:
    return Sign(Level.GOOD, "x")


def test_one_that_cannot_be_seen_hides_no_other(as_user: As, city: User, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = [Look(Part.HISTORY, broken), Look(Part.MONTHS, slow), Look(Part.CLOCK, fine)]
    monkeypatch.setattr(looking, "LOOKS", looks)
    response = as_user(city).get(PAGE)
    causes = [(sign.key, str(sign.level), sign.headline) for sign in response.context["troubles"]]
    assert causes == [
        ("history", "unknown", 'Cannot be seen: ProgrammingError: relation "no_such_table" does not exist'),
        ("months", "unknown", "Cannot be seen: OperationalError: canceling statement due to statement timeout"),
    ]
    assert [sign.key for sign in response.context["fine"]] == ["clock"]
    assert "Cannot be seen" in response.content.decode()


def test_all_signs_together_have_three_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "SECONDS", 0.5)
    monkeypatch.setattr(looking, "LOOKS", [Look(Part.MONTHS, slow), Look(Part.CLOCK, fine)])
    signs = looking.look_at_all()
    assert [(sign.key, str(sign.level)) for sign in signs] == [("months", "unknown"), ("clock", "unknown")]


def test_a_page_costs_the_same_whatever_the_rows(as_user: As, city: User, looks: list[Look]) -> None:
    client = as_user(city)
    client.get(PAGE)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    bare = cost()
    for number in range(3):
        heartbeats.beat(f"worker people@{number}", "worker", "people")
        set_aside("close_month", f.ProgrammeFactory(name=str(number)), Refused("x"), at=moment(START))
        Job.objects.create(kind="close_month", key=str(number), not_before=moment(START))
    assert cost() == bare < 100


@pytest.mark.parametrize(
    "who",
    [f.CountyUserFactory, f.DepartmentUserFactory, f.ProgramUserFactory, f.DoctorUserFactory],
)
def test_it_is_the_city_offices_alone(as_user: As, who: Any) -> None:
    client = as_user(who())
    assert client.get(PAGE).status_code == 403
    menu = client.get("/home/", follow=True).content.decode()
    assert f'href="{PAGE}"' not in menu


def test_whoever_has_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/login/?next={PAGE}"


def test_the_county_sees_no_line_and_asks_no_sign(as_user: As) -> None:
    assert as_user(f.CountyUserFactory()).get("/office/").context["troubles"] == []


def test_the_menu_leads_there(as_user: As, city: User, looks: list[Look]) -> None:
    assert reverse("admin:watch") == PAGE
    assert f'<a href="{PAGE}" aria-current="page">Operation</a>' in as_user(city).get(PAGE).content.decode()
    assert page.may_watch(city)
