"""Messages are written with what they tell, for those who have a confirmed address and want them, once."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from django.db import transaction

from core.models import Job
from outbox import post
from outbox.alarms import WATCH_ALARM, alarm
from outbox.kinds import KINDS, kind
from outbox.letters import letter, one_line
from outbox.models import Channel, Mail, Preference
from outbox.smtp import content
from tests.factories import CityUserFactory, DoctorUserFactory
from tests.outbox.conftest import AT, with_address

pytestmark = pytest.mark.django_db
OFFER: dict[str, Any] = {"host": "永兴机械", "title": "镁碳砖", "answer_by": AT.date()}


def offer(*people: Any, key: str = "1", **params: Any) -> int:
    return post.send(people, "offer_waiting", key=key, at=AT, url="/dispatches/7/", **{**OFFER, **params})


def test_only_confirmed_addresses_of_those_who_want_it_are_written_to(settings: Any) -> None:
    settings.SITE_URL = "https://talent.example"
    wants, without, refuses = with_address(DoctorUserFactory(name="李工")), DoctorUserFactory(), with_address()
    unconfirmed, gone = with_address(), with_address()
    Preference.objects.create(user=refuses, kind="offer_waiting", mail=False, sms=True)
    Channel.objects.filter(user=unconfirmed).update(confirmed_at=None)
    gone.is_active = False
    gone.save()
    assert offer(wants, without, refuses, unconfirmed, gone) == 1
    mail = Mail.objects.get()
    assert (mail.user, mail.address, mail.state) == (wants, f"{wants.username}@example.org", "queued")
    assert mail.subject == "永兴机械点单，希望由您服务：请在2026年3月2日前答复"
    assert mail.text.splitlines()[0] == "李工，您好："
    assert "https://talent.example/dispatches/7/" in mail.text.splitlines()


def test_the_same_thing_is_written_once() -> None:
    person = with_address()
    assert (offer(person), offer(person), offer(person, key="2")) == (1, 1, 1)
    assert sorted(Mail.objects.values_list("key", flat=True)) == ["offer_waiting:1", "offer_waiting:2"]


def test_a_choice_against_the_default_of_the_kind_holds() -> None:
    chose, did_not = with_address(CityUserFactory()), with_address(CityUserFactory())
    Preference.objects.create(user=chose, kind=WATCH_ALARM, mail=True, sms=False)
    assert alarm("后台程序没有响应", key="1", at=AT) == 1
    assert Mail.objects.get().user == chose
    assert did_not.mails.count() == 0


def test_each_reads_it_in_the_language_chosen() -> None:
    offer(with_address(language="en"))
    assert Mail.objects.get().subject == "永兴机械 asks for you: please answer by 2 Mar 2026"


def test_many_letters_cost_no_more_than_one(django_assert_num_queries: Callable[..., Any]) -> None:
    people = [with_address() for _ in range(5)]
    for count in (1, 5):
        letters = [post.Letter([person], f"{count}:{person.pk}", params=OFFER) for person in people[:count]]
        with django_assert_num_queries(3):
            assert post.send_all(letters, "offer_waiting", at=AT) == count


def test_text_that_is_no_address_is_refused() -> None:
    for wrong in ("", "a", "a@b", "a@b.example\r\nBcc: x@y.example", "张@例子.中国"):
        with pytest.raises(ValueError, match="no mail address"):
            offer(wrong)
    assert (offer("a@b.example"), Mail.objects.get().address) == (1, "a@b.example")


def test_nothing_given_can_begin_another_header(settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "a@yunquan.example"
    offer(with_address(), host="甲\r\nBcc: all@example.org\u2028乙")
    head = content(Mail.objects.get()).split(b"\r\n\r\n")[0]
    assert [line.split(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")].count(b"Bcc") == 0
    assert one_line("甲\r\nBcc: x\u2028乙") == "甲 Bcc: x 乙"


def test_nothing_is_escaped_in_plain_text() -> None:
    offer(with_address(), title="A & B <新>")
    assert "“A & B <新>”" in Mail.objects.get().text


@pytest.mark.django_db(transaction=True)
def test_a_message_exists_if_and_only_if_what_it_tells_happened() -> None:
    person = with_address()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        offer(person)
        raise ZeroDivisionError
    assert (Mail.objects.count(), Job.objects.count()) == (0, 0)
    with transaction.atomic():
        offer(person)
        offer(person, key="2")
        assert Job.objects.count() == 0
    assert (Mail.objects.count(), list(Job.objects.values_list("kind", "key"))) == (2, [("send_mail", "now")])


@pytest.mark.django_db(transaction=True)
def test_a_ring_of_a_savepoint_that_was_undone_is_rung_by_the_next() -> None:
    person = with_address()
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            offer(person)
            raise ZeroDivisionError
        offer(person, key="2")
    assert (Mail.objects.count(), Job.objects.count()) == (1, 1)


def test_every_kind_that_people_choose_has_its_words_for_every_medium_and_language() -> None:
    params = {**OFFER, "code": "123456", "what": "出错", "advice": "请看"}
    params |= {"faults": 2, "first": "2026-11-28", "steps": ["请看"]}
    for name in [name for name in KINDS if name != "test"]:
        said = [
            letter(medium, name, name="李", url="/x/", language=language, params=params)
            for medium in ("mail", "sms")
            for language in ("zh-hans", "en")
        ]
        assert len({text for _, text in said}) == 4
        assert [subject for subject, _ in said[:2]] == [subject for subject, _ in said[2:]]


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(KeyError):
        kind("offer_waiting", "x", for_whom=lambda user: True)


def test_no_message_carries_a_phone_number() -> None:
    person = with_address(DoctorUserFactory(phone="13800001234"))
    offer(person)
    mail = Mail.objects.get()
    assert "13800001234" not in mail.subject + mail.text
    assert AT - mail.queued_at == timedelta(0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("a@yunquan.example", "人才对接 <a@yunquan.example>"),
        ("人才办 <a@yunquan.example>", "人才办 <a@yunquan.example>"),
    ],
)
def test_the_sender_is_an_address_or_a_name_with_it(settings: Any, given: str, said: str) -> None:
    settings.DEFAULT_FROM_EMAIL = given
    offer("b@example.org")
    message = message_from_bytes(content(Mail.objects.get()), policy=default)
    assert (message["From"], message["Message-ID"].rpartition("@")[2]) == (said, "yunquan.example>")
