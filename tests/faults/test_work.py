"""A round, a close and an acceptance are struck on their way: the rest of the site brings each to the end it would have
had, and nothing of it is there twice."""

import random
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from core import jobs
from core.models import Job
from matching import rounds
from matching.actions import ask_for_batch_match
from tests.calendar_work import calendar_asks
from tests.faults.blows import BLOWS, cases
from tests.faults.site import Site
from tests.matching.test_accepting import Plan
from tests.processes import eventually
from tests.test_workers import check_match, check_months, city

pytestmark = pytest.mark.processes

STRIKES = [
    *("worker_killed", "job_process_killed", "beat_killed", "worker_frozen"),
    *("postgres_killed", "connection_killed", "postgres_restarted"),
    *("valkey_killed", "valkey_emptied", "valkey_hung"),
]
LEASE = "4"


@pytest.fixture
def site(begin_site: Callable[..., Site]) -> Site:
    """Its workers may be silent for a few seconds only."""
    return begin_site(JOB_LEASE_SECONDS=LEASE)


@pytest.fixture(autouse=True)
def no_worker_is_woken() -> Iterator[None]:
    """What the test itself asks for stands in the site's database; its workers find it there."""
    kept = list(jobs._waking)
    jobs.set_waking(lambda job_id, lane: None)
    yield
    jobs._waking[:] = kept


def strike(site: Site, name: str, chance: random.Random) -> None:
    """Do the blow; one that lasts goes on until leases ran out."""
    overdue = "SELECT count(*) FROM core_job WHERE state = 'running' AND lease_until < now()"
    BLOWS[name](site, chance, lambda: name == "valkey_hung" or site.ask(overdue) > [(0,)])
    site.becomes_well()


def done_of(site: Site, kind: str) -> int:
    """How many steps the jobs of a kind have done."""
    return int(site.ask("SELECT coalesce(sum(done), 0) FROM core_job WHERE kind = %s", kind)[0][0])


def ended(site: Site, *kinds: str) -> bool:
    """Whether all jobs of these kinds were done; one that failed for good fails the test."""
    states = dict(site.ask("SELECT state, count(*) FROM core_job WHERE kind = ANY(%s) GROUP BY 1", list(kinds)))
    assert not {"failed", "cancelled"} & states.keys(), site.ask("SELECT kind, error FROM core_job WHERE error <> ''")
    return set(states) == {"done"}


@pytest.mark.parametrize("name", cases(STRIKES, ()))
def test_a_round_under_a_blow(site: Site, name: str, seed: int) -> None:
    chance = random.Random(f"round {name} {seed}")
    with site.django():
        batch, by = city()
        run = ask_for_batch_match(batch, by=by, at=timezone.now())
    moment = chance.randrange(1, 400)
    eventually(lambda: done_of(site, "match_share") > moment, 90)
    strike(site, name, chance)
    eventually(lambda: ended(site, "match_batch", "match_share", "match_plan"), 180)
    with site.django():
        assert not rounds.progress_of(run).under_way
        check_match(run, by)


@pytest.mark.parametrize("name", cases(STRIKES, ()))
def test_a_close_under_a_blow(site: Site, name: str, seed: int) -> None:
    chance = random.Random(f"close {name} {seed}")
    with site.django():
        city()
        calendar_asks("service.tasks.close_months")()
        assert Job.objects.filter(kind="close_month").count() == 1
    moment = chance.randrange(1, 2500)
    eventually(lambda: done_of(site, "close_month") > moment, 90)
    strike(site, name, chance)
    eventually(lambda: ended(site, "close_month"), 180)
    with site.django():
        check_months()


@pytest.mark.parametrize("name", cases(STRIKES, {"job_process_killed"}))
def test_an_acceptance_under_a_blow(site: Site, name: str, seed: int) -> None:
    chance = random.Random(f"acceptance {name} {seed}")
    with site.django():
        plan = Plan(120)
        job = plan.ask()
    moment = chance.randrange(1, 100)
    eventually(lambda: done_of(site, "accept_plan") > moment, 90)
    strike(site, name, chance)
    eventually(lambda: ended(site, "accept_plan"), 180)
    with site.django():
        plan.check(job)
