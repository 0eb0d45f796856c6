"""Alarms: told once when something went wrong, once when it is over, never for what passed at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from core import heartbeats, jobs
from core.models import Alarm, Heartbeat, Job, Notice
from outbox.models import Channel, Mail, Preference
from talentlink.watch import alarms
from talentlink.watch.lanes import LANES
from talentlink.watch.looking import look_at_all
from talentlink.watch.signs import Level, Sign
from tests import factories as f
from tests.factories import START, moment

pytestmark = pytest.mark.django_db
AT = moment(START)


def sign(level: Level, key: str = "workers") -> Sign:
    return Sign(level, "没有进程", advice="请运维人员重新启动。", key=key, title="后台进程")


def look(level: Level, minutes: int, key: str = "workers") -> list[str]:
    return alarms.follow([sign(level, key)], at=AT + timedelta(minutes=minutes))


def notices() -> list[tuple[str, str]]:
    return sorted((row.user.username, row.kind) for row in Notice.objects.select_related("user"))


def test_a_trouble_is_told_once_and_its_end_once() -> None:
    city: User = f.CityUserFactory()
    f.CountyUserFactory()
    f.CityUserFactory(is_active=False)
    assert look(Level.BAD, 0) == []
    assert notices() == []
    assert look(Level.BAD, 2) == ["watch_alarm"]
    assert look(Level.BAD, 4) == []
    assert notices() == [(city.username, "watch_alarm")]
    assert look(Level.GOOD, 6) == ["watch_over"]
    assert look(Level.GOOD, 8) == []
    assert notices() == [(city.username, "watch_alarm"), (city.username, "watch_over")]
    alarm = Alarm.objects.get()
    minutes = [
        (moment - AT).total_seconds() / 60 for moment in (alarm.began_at, alarm.told_at, alarm.over_at) if moment
    ]
    assert minutes == [0, 2, 6]
    assert [look(Level.BAD, 10), look(Level.BAD, 12)] == [[], ["watch_alarm"]]
    assert len(notices()) == 3


def test_what_is_gone_at_the_next_look_is_not_told() -> None:
    f.CityUserFactory()
    assert [look(level, at) for at, level in enumerate([Level.BAD, Level.GOOD, Level.BAD, Level.WAIT])] == [[]] * 4
    assert (Alarm.objects.count(), Notice.objects.count()) == (0, 0)


def test_what_cannot_be_seen_is_told_and_what_needs_attention_is_not() -> None:
    f.CityUserFactory()
    assert [look(Level.UNKNOWN, 0), look(Level.UNKNOWN, 1)] == [[], ["watch_alarm"]]
    assert [look(Level.WAIT, at, "aside") for at in range(3)] == [[]] * 3


def test_troubles_of_two_machines_are_two(monkeypatch: pytest.MonkeyPatch) -> None:
    f.CityUserFactory()
    look(Level.BAD, 0, "disk")
    monkeypatch.setattr("socket.gethostname", lambda: "other")
    assert look(Level.GOOD, 1, "disk") == []
    look(Level.BAD, 2, "disk")
    assert Alarm.objects.count() == 2


def test_who_chose_mail_is_told_by_mail() -> None:
    city: User = f.CityUserFactory()
    Channel.objects.create(
        user=city, medium="mail", address="shen@example.org", asked_at=AT, confirmed_at=AT, language="zh-hans"
    )
    Preference.objects.create(user=city, kind="watch_alarm", mail=True, sms=False)
    look(Level.BAD, 0)
    look(Level.BAD, 2)
    look(Level.GOOD, 4)
    first, last = Mail.objects.order_by("pk")
    assert "系统运行出错：后台进程——没有进程" in first.subject
    assert "请运维人员重新启动。" in first.text
    assert "系统运行已恢复：后台进程——没有进程" in last.subject


@pytest.mark.django_db(transaction=True)
def test_the_job_looks_for_real() -> None:
    """A worker that fell silent, as the job of the calendar finds it."""
    f.CityUserFactory()
    heartbeats.beat("worker people@here", "worker", ",".join(LANES))
    heartbeats.beat("beat@here", "beat")
    alarms.follow(look_at_all(), at=timezone.now())
    already = set(Alarm.objects.values_list("sign", flat=True))
    Heartbeat.objects.filter(kind="worker").update(beat_at=timezone.now() - timedelta(minutes=2))
    for _look in range(2):
        job = Job.objects.create(kind="watch", key="now", not_before=timezone.now())
        assert jobs.run(job.pk) == "done"
    assert set(Alarm.objects.values_list("sign", flat=True)) - already == {"workers"}
    assert Notice.objects.filter(params={"part": "workers"}).count() == 1
