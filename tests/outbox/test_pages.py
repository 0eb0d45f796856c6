"""The page where a person chooses, and the office's page of messages, as they are used."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import User
from outbox import post, sending
from outbox.confirming import MOST_TRIES, code_of
from outbox.models import Channel, Mail, Preference
from tests.confirming import confirm
from tests.factories import CityUserFactory, CountyUserFactory, DoctorUserFactory
from tests.outbox.conftest import AT, use, with_address
from tests.outbox.server import Postmaster, free_port

pytestmark = pytest.mark.django_db
SETTINGS = "/messages/settings/"


@pytest.fixture
def doctor() -> User:
    user: User = DoctorUserFactory()
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return confirm(client)


def give(client: Client, address: str, medium: str = "mail") -> Any:
    return client.post(f"{SETTINGS}address/", {"medium": medium, f"{medium}-address": address})


def enter(client: Client, code: str, medium: str = "mail") -> Any:
    return client.post(f"{SETTINGS}code/", {"medium": medium, f"{medium}-code-code": code})


def said(client: Client) -> list[str]:
    return [str(message) for message in client.get(SETTINGS).context["messages"]]


# -- A person's own page ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_address_is_used_once_the_code_sent_there_came_back(doctor: User, server: Postmaster) -> None:
    client = signed_in(doctor)
    assert give(client, " li@example.org ").status_code == 302
    assert said(client) == ["A code is being sent to li@example.org; write it below when it has arrived."]
    assert post.send([doctor], "offer_waiting", key="1", at=AT, host="甲", title="乙", answer_by=AT.date()) == 0
    assert sending.send_due("mail") == 1
    code = re.findall(r"^(\d{6})\r?$", server.arrived[0].get_content(), re.MULTILINE)[0]
    assert enter(client, code).status_code == 302
    assert Channel.objects.get().confirmed_at is not None
    assert post.send([doctor], "offer_waiting", key="1", at=AT, host="甲", title="乙", answer_by=AT.date()) == 1
    history = Channel.objects.get().events.order_by("pgh_id").values_list("pgh_context__metadata__act", flat=True)
    assert list(history) == ["outbox.give_address", "outbox.confirm_address"]


def test_a_code_does_not_stay_in_the_table(doctor: User, server: Postmaster) -> None:
    client = signed_in(doctor)
    give(client, "li@example.org")
    (code,) = re.findall(r"\d{6}", Mail.objects.get().text)
    sending.send_due("mail")
    sent = Mail.objects.get()
    assert (sent.state, sent.text, code in server.arrived[0].get_content()) == ("sent", "", True)
    give(client, "wu@example.org")
    Mail.objects.filter(text__contains=":").update(state="unsure")
    assert sending.sweep() == 0
    assert Mail.objects.exclude(text="").update(waits_since=Now() - timedelta(hours=25)) == 1
    assert (sending.anything_to_do(), sending.sweep(), sending.anything_to_do()) == (True, 1, False)
    assert list(Mail.objects.order_by("pk").values_list("text", "outdated")) == [("", True)] * 2


@pytest.mark.django_db(transaction=True)
def test_a_code_cannot_be_guessed(doctor: User, server: Postmaster) -> None:
    client = signed_in(doctor)
    give(client, "li@example.org")
    channel = Channel.objects.get()
    wrong = f"{(int(code_of(channel)) + 1) % 1_000_000:06d}"
    for _ in range(MOST_TRIES):
        assert enter(client, wrong).status_code == 200
    assert enter(client, code_of(channel)).status_code == 200
    channel.refresh_from_db()
    assert (channel.confirmed_at, channel.tries) == (None, MOST_TRIES)


def test_a_code_is_of_one_address_and_ends_after_a_day(doctor: User, server: Postmaster) -> None:
    client = signed_in(doctor)
    give(client, "li@example.org")
    first = code_of(Channel.objects.get())
    give(client, "wang@example.org")
    channel = Channel.objects.get()
    assert (enter(client, first).status_code, channel.address) == (200, "wang@example.org")
    Channel.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    channel.refresh_from_db()
    assert enter(client, code_of(channel)).status_code == 200


def test_a_new_address_has_to_be_confirmed_anew(server: Postmaster) -> None:
    user = with_address()
    give(signed_in(user), "new@example.org")
    assert list(Channel.objects.values_list("address", "confirmed_at")) == [("new@example.org", None)]


@pytest.mark.parametrize("wrong", ["", "li", "li@", "li@x.example\r\nBcc: y@z.example", "张三@例子.中国", "a" * 300])
def test_what_is_no_address_is_refused_and_comes_back(doctor: User, server: Postmaster, wrong: str) -> None:
    answer = give(signed_in(doctor), wrong)
    assert (answer.status_code, Channel.objects.count(), Mail.objects.count()) == (200, 0, 0)
    assert [bool(form.errors) for form in answer.context["forms"]] == [True]


def test_nobody_fills_a_mailbox_with_codes(doctor: User, server: Postmaster) -> None:
    client = signed_in(doctor)
    answers = [give(client, f"li{number}@example.org").status_code for number in range(6)]
    assert (answers, Mail.objects.count()) == ([302] * 5 + [200], 5)


def test_without_a_server_nobody_is_asked_for_an_address(doctor: User) -> None:
    client = signed_in(doctor)
    assert client.get(SETTINGS).context["media"] == []
    assert (give(client, "li@example.org").status_code, Channel.objects.count()) == (200, 0)


def test_removing_an_address_withdraws_what_waits_for_it(server: Postmaster) -> None:
    user, other = with_address(), with_address()
    for person in (user, other):
        post.send([person], "offer_waiting", key="1", at=AT, host="甲", title="乙", answer_by=AT.date())
    assert signed_in(user).post(f"{SETTINGS}remove/", {"medium": "mail"}).status_code == 302
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "queued"]
    assert [channel.user for channel in Channel.objects.all()] == [other]


def test_no_box_is_offered_for_what_the_site_cannot_send(doctor: User, server: Postmaster) -> None:
    Preference.objects.create(user=doctor, kind="offer_waiting", mail=False, sms=True)
    client = signed_in(doctor)
    page = client.get(SETTINGS)
    assert [str(column) for column in page.context["columns"]] == ["mail"]
    assert "offer_waiting-sms" not in page.content.decode()
    assert client.post(SETTINGS, {"language": "en", "offer_waiting-mail": "on"}).status_code == 302
    row = Preference.objects.get(user=doctor, kind="offer_waiting")
    assert (row.mail, row.sms) == (True, True)  # what was chosen for SMS stays


def test_without_any_server_no_box_is_offered(doctor: User) -> None:
    assert 'type="checkbox"' not in signed_in(doctor).get(SETTINGS).content.decode()


def test_the_office_finds_the_page_and_no_zero_is_coloured() -> None:
    client = signed_in(CityUserFactory())
    assert '<a href="/office/mails/">Mail and SMS</a>' in client.get("/office/").content.decode()
    assert 'class="figure" data-tone' not in client.get("/office/mails/").content.decode()
    Mail.objects.create(medium="mail", address="a@example.org", kind="test", key="1", text="x", state="failed",
                        queued_at=AT, ended_at=AT)  # fmt: skip
    text = client.get("/office/mails/").content.decode()
    assert text.count('class="figure" data-tone="bad"') == 1
    assert "EMAIL_URL" not in text


def test_kinds_are_those_of_the_role_and_the_choice_is_kept(doctor: User, server: Postmaster, settings: Any) -> None:
    settings.SMS_GATEWAY = "console"
    client = signed_in(doctor)
    kinds = [kind.name for kind in client.get(SETTINGS).context["choices"].kinds]
    assert kinds == ["offer_waiting", "offer_ending"]
    city = signed_in(CityUserFactory()).get(SETTINGS).context["choices"].kinds
    assert [kind.name for kind in city] == ["watch_alarm"]
    assert client.post(SETTINGS, {"language": "en", "offer_waiting-sms": "on"}).status_code == 302
    chosen = Preference.objects.order_by("pk").values_list("user", "kind", "mail", "sms")
    assert list(chosen) == [(doctor.pk, "offer_waiting", False, True), (doctor.pk, "offer_ending", False, False)]
    before = Preference.objects.first().events.count()
    client.post(SETTINGS, {"language": "en", "offer_waiting-sms": "on"})
    assert Preference.objects.first().events.count() == before  # nothing changed, so nothing is written


def test_the_language_goes_with_the_address() -> None:
    user = with_address()
    signed_in(user).post(SETTINGS, {"language": "en"})
    assert Channel.objects.get().language == "en"
    assert signed_in(user).post(SETTINGS, {"language": "xx"}).status_code == 200


def test_nobody_confirms_or_removes_anothers_address(server: Postmaster) -> None:
    with_address()
    for user in (DoctorUserFactory(), CityUserFactory()):
        client = signed_in(user)
        assert enter(client, "123456").status_code == 404
        assert client.post(f"{SETTINGS}remove/", {"medium": "mail"}).status_code == 404
    assert Channel.objects.count() == 1


# -- The office's page -----------------------------------------------------------------------------------------------


@pytest.fixture
def city() -> Client:
    return signed_in(CityUserFactory(name="王主任"))


def act(client: Client, mail: Mail, name: str) -> str:
    client.post(f"/office/mails/{mail.pk}/", {"act": name})
    mail.refresh_from_db()
    return mail.state


def test_the_page_says_what_waits_what_failed_and_what_to_do(city: Client, new_mail: Callable[..., Mail]) -> None:
    new_mail(cause="away", answer="ConnectionRefusedError")
    new_mail(state="unsure", cause="lost")
    new_mail(state="failed", cause="refused", ended_at=AT, answer="550 no such user")
    new_mail(state="sent", ended_at=AT)
    page = city.get("/office/mails/")
    assert [page.context[name] for name in ("waiting", "unsure", "failed")] == [1, 1, 1]
    acts = [[name for name, _words in row["acts"]] for row in page.context["rows"]]
    assert acts == [[], ["again"], ["arrived", "again", "withdraw"], ["now", "withdraw"]]
    assert "The server refuses this message or its address." in page.content.decode()
    only = city.get("/office/mails/", {"state": "unsure"})
    assert [row["mail"].state for row in only.context["rows"]] == ["unsure"]
    assert city.get("/office/mails/", {"q": "主题2"}).context["page"].paginator.count == 1


def test_the_office_settles_what_is_unsure(city: Client, new_mail: Callable[..., Mail]) -> None:
    arrived, again, gone = [new_mail(state="unsure", cause="lost") for _ in range(3)]
    found = [act(city, arrived, "arrived"), act(city, again, "again"), act(city, gone, "withdraw")]
    assert found == ["sent", "queued", "withdrawn"]
    assert [mail.settled_by.name for mail in (arrived, again, gone)] == ["王主任"] * 3
    assert city.get("/office/mails/").content.decode().count("Settled by 王主任, ") == 3
    assert all(timezone.now() - mail.settled_at < timedelta(minutes=1) for mail in (arrived, again, gone))
    assert (again.cause, again.ended_at, arrived.ended_at is None) == ("", None, False)


def test_what_another_decided_first_stays(city: Client, new_mail: Callable[..., Mail]) -> None:
    mail = new_mail(state="sent", ended_at=AT)
    for name in ("again", "withdraw", "arrived", "now"):
        assert act(city, mail, name) == "sent"
    assert mail.settled_by is None
    assert city.post(f"/office/mails/{mail.pk}/", {"act": "nonsense"}).status_code == 404


def test_what_is_no_longer_true_is_not_sent_again(city: Client, new_mail: Callable[..., Mail]) -> None:
    """A message of an offer that ended: withdrawn by the site, failed before, or withdrawn by a person before."""
    waits, failed = new_mail(key="test:7"), new_mail(key="test:7", state="failed", ended_at=AT)
    unsure, taken = new_mail(key="test:7", state="unsure"), new_mail(key="test:7")
    other = new_mail(key="test:8")
    assert [act(city, mail, "withdraw") for mail in (taken, other)] == ["withdrawn", "withdrawn"]
    assert post.take_back("test", key="7") == 1
    mails = (waits, failed, unsure, taken)
    assert [act(city, mail, "again") for mail in mails] == ["withdrawn", "failed", "unsure", "withdrawn"]
    rows = city.get("/office/mails/").context["rows"]
    offered = {row["mail"].pk: [name for name, _words in row["acts"]] for row in rows}
    assert [offered[mail.pk] for mail in mails] == [[], [], ["arrived", "withdraw"], []]
    assert act(city, other, "again") == "queued"


def test_messages_are_the_citys(new_mail: Callable[..., Mail]) -> None:
    county, mail = signed_in(CountyUserFactory()), new_mail()
    assert county.get("/office/mails/").status_code == 403
    assert county.post("/office/mails/test/", {"address": "a@example.org"}).status_code == 403
    assert county.post(f"/office/mails/{mail.pk}/", {"act": "withdraw"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_test_mail_is_sent_like_any_other_and_shows_what_the_server_answered(
    city: Client, server: Postmaster, settings: Any
) -> None:
    def ask() -> Mail:
        page = city.post("/office/mails/test/", {"address": "wang@example.org"}, follow=True)
        assert 'hx-trigger="every 2s"' in page.content.decode()
        return page.context["tried"]

    def end() -> tuple[str, str, str]:
        sending.send_due("mail")
        page = city.get("/office/mails/")
        tried = page.context["tried"]
        assert ('hx-trigger="every 2s"' in page.content.decode()) == (tried.state == "queued")
        return tried.state, tried.cause, tried.answer

    assert (ask().state, len(server.arrived)) == ("queued", 0)  # nothing is sent while the person waits
    assert end() == ("sent", "", "250 taken")
    server.addresses = {"wang@example.org": "550 no such user"}
    ask()
    assert end() == ("failed", "refused", "550 no such user")
    use(settings, free_port())
    old = ask()
    assert end() == ("queued", "away", "ConnectionRefusedError: [Errno 111] Connection refused")
    new = ask()
    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == [
        "sent", "failed", "withdrawn", "queued",
    ]  # fmt: skip
    assert old.pk < new.pk
    Mail.objects.filter(pk=new.pk).update(waits_since=Now() - timedelta(minutes=11))
    assert (sending.sweep(), Mail.objects.get(pk=new.pk).state) == (1, "failed")


def test_without_a_server_no_test_mail_is_written(city: Client, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    page = city.post("/office/mails/test/", {"address": "wang@example.org"}, follow=True)
    said = [str(message) for message in page.context["messages"]]
    wanted = "No mail server is set up; whoever operates the site sets one up as the operations manual says."
    assert (said, Mail.objects.count()) == ([wanted], 0)
    assert city.post("/office/mails/test/", {"address": "x"}).status_code == 200
