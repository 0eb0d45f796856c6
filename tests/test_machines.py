"""Several machines with one PostgreSQL and one Valkey do the same as one machine, also when two of them are lost."""

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from assignments.models import Assignment, Project
from core.models import Job
from enterprises.models import Enterprise, Host, Need
from experts.models import Doctor
from experts.models import Work as Publication
from matching import rounds
from matching.actions import ask_for_batch_match
from officedata.months import Month, term_end
from programmes.models import Batch
from supervisor import machines
from supervisor.trouble import Trouble
from tests.calendar_work import calendar_asks
from tests.factories import (
    BatchFactory,
    CityUserFactory,
    DistrictFactory,
    DoctorFactory,
    DoctorUserFactory,
    NeedFactory,
    UniversityFactory,
    WorkFactory,
    credit_code,
    moment,
)
from tests.machines import Machine, copy_of_database, running
from tests.processes import eventually
from tests.releases import standing_on

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

ONE: list[list[str]] = [[]]
THREE = [["web"], ["worker"], ["beat"]]
SEVEN = [["web"], ["web"], ["worker"], ["worker"], ["worker"], ["beat"], ["beat"]]
HOSTS = 10
# The results of the work, without keys and moments, which differ between runs.
RESULTS = {
    "shortlists": "SELECT need_id, doctor_id, rank, score, points, quotes, current FROM matching_suggestion",
    "plan": "SELECT need_id, doctor_id, why_none, score FROM matching_planline",
    "checks": """SELECT assignment_id, rule, "window", verdict, value, asks, days_counted, days_awaiting
        FROM service_check""",
    "months": "SELECT starts_on FROM core_period WHERE kind = 'service_month' AND closed_at IS NOT NULL",
    "visits": "SELECT assignment_id, enterprise_id, starts_on, ends_on, status, logged_by_id FROM service_visit",
    "standings": "SELECT assignment_id, month_verdict, days_counted, days_awaiting, owed, pace FROM service_standing",
    "notices": "SELECT user_id, kind, count(*) FROM core_notice GROUP BY 1, 2",
    "acts": "SELECT metadata->>'act', metadata->>'by', count(*) FROM pghistory_context"
    " WHERE metadata->>'by' IS NOT NULL GROUP BY 1, 2",
    "jobs": "SELECT kind, state, error FROM core_job WHERE kind IN ('match_batch', 'match_share', 'close_month')",
}


def first_day() -> date:
    """The first day of the month before the last month, so that two months must be closed."""
    return Month.of(timezone.localdate()).plus(-2).first


def world(doctors: int, needs: int) -> tuple[Batch, User]:
    """A batch under way: every doctor serves two firms, and other firms have needs."""
    start, by, batch = first_day(), CityUserFactory(), BatchFactory(starts_on=first_day())
    university, district = UniversityFactory(), DistrictFactory()
    people = Doctor.objects.bulk_create(
        DoctorFactory.build(university=university, user=DoctorUserFactory()) for _ in range(doctors)
    )
    Publication.objects.bulk_create(WorkFactory.build(doctor=doctor) for doctor in people)
    firms = Enterprise.objects.bulk_create(
        Enterprise(credit_code=credit_code(6_000_000 + at), name=f"云泉市第{at}窑炉厂", district=district)
        for at in range(2 * HOSTS)
    )
    hosts = Host.objects.bulk_create(
        Host(batch=batch, enterprise=firm, enterprise_class="technology", eligible=True, chosen_by=by,
             chosen_at=moment(start))
        for firm in firms
    )  # fmt: skip
    Need.objects.bulk_create(
        NeedFactory.build(enterprise=firms[HOSTS + at % HOSTS], title=f"镁碳砖抗热震性提升第{at}项")
        for at in range(needs)
    )
    serve(batch, people, hosts[:HOSTS])
    return batch, by


def serve(batch: Batch, doctors: Sequence[Doctor], hosts: Sequence[Host]) -> None:
    made = Assignment.objects.bulk_create(
        Assignment(batch=batch, host=hosts[(at + more) % HOSTS], doctor=doctor, status="active",
                   starts_on=first_day(), ends_on=term_end(first_day()))
        for at, doctor in enumerate(doctors)
        for more in (0, 1)
    )  # fmt: skip
    Project.objects.bulk_create(
        Project(assignment=each, kind="lead", enterprise=each.host.enterprise, title="窑炉节能改造") for each in made
    )


def rows() -> dict[str, list[str]]:
    """The rows of every result, and how many rows of each kind every history has."""
    found = {}
    with connection.cursor() as cursor:
        for name, question in RESULTS.items():
            cursor.execute(question)
            found[name] = sorted(map(repr, cursor.fetchall()))
        for model in apps.get_models():
            if hasattr(model, "pgh_tracked_model"):
                table = model._meta.db_table
                cursor.execute(f"SELECT pgh_label, count(*), count(pgh_context_id) FROM {table} GROUP BY 1")
                found[table] = sorted(map(repr, cursor.fetchall()))
    return found


class Work:
    """A match of a batch, a monthly close and visits, asked for at the same time from one machine or several."""

    def __init__(self, batch: Batch, by: User, webs: list[Machine]) -> None:
        self.batch = batch
        self.by = by
        self.webs = webs

    def do(self, lose: Callable[[str], None] = lambda moment: None) -> None:
        run = ask_for_batch_match(self.batch, by=self.by, at=timezone.now())
        eventually(lambda: rounds.progress_of(run).done > 0, 120)
        lose("round")
        doctors = list(Doctor.objects.select_related("user").order_by("pk"))
        for number, doctor in enumerate(doctors):
            if number == len(doctors) // 2:
                lose("visits")
            self.log_visit(doctor, self.webs[number % len(self.webs)])
        # The close is asked for twice, as by two beats.
        for _ in range(2):
            calendar_asks("service.tasks.close_months")()
        eventually(lambda: not rounds.progress_of(run).under_way, 300)
        eventually(lambda: not Job.objects.filter(state__in=["queued", "running"]).exists(), 300)

    def log_visit(self, doctor: Doctor, web: Machine) -> None:
        project = Project.objects.filter(assignment__doctor=doctor).order_by("pk")[0]
        today = timezone.localdate().isoformat()
        facts = {
            "client_key": str(uuid4()), "place": f"{project.assignment_id}-{project.enterprise_id}",
            "starts_on": today, "ends_on": today, "content": "查看窑口，取样三组。",
        }  # fmt: skip
        assert web.post(doctor.user, "visit_new", facts) == 302


@pytest.fixture
def empty_broker(transactional_db: None) -> Any:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.flushdb()
    yield broker
    broker.flushdb()
    broker.close()


def check(found: dict[str, list[str]], *, doctors: int, needs: int) -> None:
    """Check that all was done exactly once: the visits, two months of two assignments a doctor, a plan line a need."""
    counts = {name: len(found[name]) for name in ("visits", "checks", "plan", "months")}
    assert counts == {"visits": doctors, "checks": 2 * 2 * doctors, "plan": needs, "months": 2}
    assert found["service_visitevent"] == [f"('insert', {doctors}, {doctors})"]
    assert found["service_checkevent"] == [f"('insert', {4 * doctors}, {4 * doctors})"]


def test_a_site_of_three_machines(empty_broker: Any, tmp_path: Path) -> None:
    batch, by = world(10, 50)
    with running(tmp_path, THREE) as started:
        Work(batch, by, started[:1]).do()
    check(rows(), doctors=10, needs=50)


@pytest.mark.long
def test_seven_machines_of_which_two_are_lost_do_what_one_does(empty_broker: Any, tmp_path: Path) -> None:
    batch, by = world(200, 400)
    with copy_of_database() as copy:
        with running(tmp_path, ONE) as alone:
            Work(batch, by, alone).do()
        expected = rows()
        empty_broker.flushdb()
        (tmp_path / "many").mkdir()
        with standing_on(copy), running(tmp_path / "many", SEVEN) as started:
            work = Work(batch, by, started[:2])

            def lose(what: str) -> None:
                if what == "round":
                    assert Job.objects.filter(state="queued").exists()
                    started[2].lose()
                else:
                    work.webs.pop(0).lose()

            work.do(lose)
            assert rows() == expected
    check(expected, doctors=200, needs=400)


def test_a_machine_of_several_is_told_what_all_share(tmp_path: Path) -> None:
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}
    with pytest.raises(Trouble, match="SECRET_KEY, MEDIA_ROOT must be the same"):
        machines.check(["web"], given)
    machines.check(["web"], given | {"SECRET_KEY": "x", "MEDIA_ROOT": "/srv/media"})
    machines.check(None, {})


def test_a_machine_of_several_changes_no_table(tmp_path: Path) -> None:
    """It says what to do when the tables belong to another release, and does not change them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions' RETURNING app, name, applied")
        [last] = cursor.fetchall()
    try:
        machine = Machine(tmp_path / "machine", "worker")
        eventually(lambda: machine.process.poll() is not None or "READY" in machine.log.read_text(), 120)
        machine.stop()
        assert machine.process.returncode == 1
        assert "Run `bin/manage migrate` once, with DATABASE_OWNER_URL" in machine.log.read_text()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", last)
