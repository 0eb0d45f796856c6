"""Notices: told once to each person, read in the reader's language."""

import pytest
from django.db import IntegrityError
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.models import Job, Notice
from core.notices import mark_read, notify, sentence
from tests.factories import START, DoctorUserFactory, EnterpriseUserFactory, moment
from tests.threads import race

AT = moment(START)
TESTED = sentence("tested", gettext_lazy("Monday"))
DECIDED = sentence("decided", gettext_lazy("%(decision)s %(day)s %(month)s %(title)s"), decision=Job.State)


def test_a_second_sentence_of_a_kind_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="tested"):
        sentence("tested", "another")


@pytest.mark.django_db
def test_the_same_thing_is_told_once_to_each() -> None:
    one, two = DoctorUserFactory(), EnterpriseUserFactory()
    assert notify([one], TESTED, key="7", at=AT, url="/needs/7/", title="镁碳砖") == 1
    assert notify([one, two], TESTED, key="7", at=moment(START, 12), url="/other/", title="镁碳砖") == 2
    assert notify([one], TESTED, key="8", at=AT) == 1
    rows = Notice.objects.order_by("user", "pk").values_list("user", "key", "created_at", "url", "params", "read_at")
    assert list(rows) == [
        (one.pk, "tested:7", AT, "/needs/7/", {"title": "镁碳砖"}, None),
        (one.pk, "tested:8", AT, "", {}, None),
        (two.pk, "tested:7", moment(START, 12), "/other/", {"title": "镁碳砖"}, None),
    ]


@pytest.mark.django_db
def test_a_sentence_is_given_all_it_wants() -> None:
    with pytest.raises(ValueError, match=r"^decided says nothing of month, title$"):
        notify([DoctorUserFactory()], DECIDED, key="7", at=AT, decision="done", day="2025-03-01")
    assert Notice.objects.count() == 0


@pytest.mark.django_db
def test_nobody_to_tell() -> None:
    assert notify([], TESTED, key="7", at=AT) == 0
    assert Notice.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_told_by_two_at_once_it_is_one_notice() -> None:
    user = DoctorUserFactory()
    race(lambda: notify([user], TESTED, key="7", at=AT), lambda: notify([user], TESTED, key="7", at=AT))
    assert Notice.objects.count() == 1


@pytest.mark.django_db
def test_the_database_keeps_one_of_a_key() -> None:
    user = DoctorUserFactory()
    Notice.objects.create(user=user, kind=TESTED, key="tested:7", created_at=AT)
    with pytest.raises(IntegrityError, match="notice_once"):
        Notice.objects.create(user=user, kind=TESTED, key="tested:7", created_at=AT)


@pytest.mark.django_db
def test_reading_one_and_all_of_ones_own() -> None:
    mine, other = DoctorUserFactory(), DoctorUserFactory()
    for key in "abc":
        notify([mine, other], TESTED, key=key, at=AT)
    first = Notice.objects.visible_to(mine).order_by("pk").first()
    assert first is not None
    assert mark_read(other, at=AT, pk=first.pk) == 0
    assert mark_read(mine, at=moment(START, 10), pk=first.pk) == 1
    assert mark_read(mine, at=moment(START, 11), pk=first.pk) == 0
    first.refresh_from_db()
    assert first.read_at == moment(START, 10)
    assert Notice.objects.visible_to(mine).unread().count() == 2
    assert mark_read(mine, at=moment(START, 12)) == 2
    assert Notice.objects.visible_to(mine).unread().count() == 0
    assert Notice.objects.visible_to(other).unread().count() == 3


def test_the_sentence_is_in_the_readers_language() -> None:
    notice = Notice(kind=TESTED, params={})
    with translation.override("en"):
        assert notice.text == "Monday"
    with translation.override("de"):
        assert str(notice) == "Montag"
    assert Notice(kind="forgotten").text == "forgotten"


def test_choices_days_and_months_are_read_as_words() -> None:
    params = {"decision": "done", "day": "2026-03-05", "month": "2026-11", "title": "2026-13"}
    notice = Notice(kind=DECIDED, params={**params, "title": "镁碳砖 2026-11"})
    with translation.override("zh-hans"):
        assert notice.text == f"{Job.State.DONE.label} 2026年3月5日 2026年11月 镁碳砖 2026-11"
    with translation.override("en"):
        assert notice.text == "done 5 Mar 2026 Nov 2026 镁碳砖 2026-11"
    assert Notice(kind=DECIDED, params={**params, "decision": "gone", "day": "", "month": ""}).text == "gone   2026-13"


def test_every_sentence_can_be_said_with_words_of_its_own() -> None:
    """No sentence fails on its own placeholders."""

    class Anything(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return name

    with translation.override("en"):
        said = {kind: str(text) % Anything() for kind, text in Notice.SENTENCES.items()}
    assert "%(" not in "".join(said.values())
    assert all(said.values())
