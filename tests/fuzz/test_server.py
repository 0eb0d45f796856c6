"""Requests to a server of its own, from every role by chance, until the time is over: no 500, no row of others."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from identity.actions import issue_token
from tests.fuzz.over_http import OverHttp
from tests.nasty import Asked, Walk, values_of
from tests.ops.test_waits import Web, database_of_the_test
from tests.test_nasty_input import MARK, mark_others
from tests.test_routes import PEOPLE, ROLES, World

pytestmark = [pytest.mark.long, pytest.mark.processes, pytest.mark.django_db(transaction=True)]
CHECKS = "not_a_server_error"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    web = Web(database_of_the_test(), settings.REDIS_URL, tmp_path).start()
    yield web
    web.child.kill()


def walk_of(role: str, web: Web) -> Walk:
    world = World()
    user = None if not role else world.people.get(role) or PEOPLE[role]()
    if role != "city":
        mark_others(user)
    return Walk(user, world, mark=MARK if role != "city" else "", client=OverHttp(web.port))


def sent(walk: Walk, case: Asked) -> list[str]:
    """What is wrong with the answer."""
    try:
        answer = walk.send(case)
    except OSError as error:
        return [f"{case} → {error!r}"]
    wrong = [f"{case} → {answer.status_code}"] if answer.status_code >= 500 else []
    return wrong + [f"{case} → rows of others: {mark}" for mark in walk.marks_in(answer)]


@pytest.mark.parametrize("role", ["", *ROLES])
def test_a_server_withstands_what_anybody_sends(role: str, web: Web, request: pytest.FixtureRequest) -> None:
    chance = random.Random(f"{request.config.getoption('--seed')} {role}")
    walk = walk_of(role, web)
    cases = [case for case in walk.asks() if "logout" not in case.path]
    until = time.monotonic() + request.config.getoption("--seconds") / (len(ROLES) + 2)
    faults: list[str] = []
    count = 0
    while time.monotonic() < until:
        case = chance.choice(cases)
        case = case._replace(value=chance.choice(values_of(case))) if case.name else case
        faults += sent(walk, case)
        count += 1
    print(f"{role or 'stranger'}: {count} requests of {len(cases)} places")
    assert sorted(set(faults)) == []


def test_rest_withstands_what_its_description_does_not_allow(
    web: Web, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Schemathesis sends what breaks the description, with the token of each body."""
    world = World()
    people: list[User] = [*world.people.values(), *(PEOPLE[role]() for role in PEOPLE)]
    seconds = max(10, int(request.config.getoption("--seconds") / (len(ROLES) + 2) / len(people)))
    faults = []
    for user in people:
        _token, key = issue_token(user, by=user, label="fuzz")
        command = [str(Path(sys.executable).with_name("st")), "run", f"http://127.0.0.1:{web.port}/api/schema/"]
        command += ["-H", f"Authorization: Token {key}", "--mode", "all", "--no-color", "--checks", CHECKS]
        command += ["--max-time", str(seconds), "--seed", str(request.config.getoption("--seed"))]
        command += ["--generation-database", "none", "--rate-limit", "500/m"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            # The headings of what failed, with the requests that repeat it.
            lines = [line.strip() for line in done.stdout.splitlines()]
            faults += [f"{user.role}: {line[:200]}" for line in lines if line.startswith(("- ", "curl "))]
            faults += [f"{user.role}: {done.stderr[-500:]}"] if done.stderr else []
    assert faults == []
