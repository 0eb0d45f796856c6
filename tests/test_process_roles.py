"""The processes of a site have the role of their program, and its limits for the database."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from supervisor.programs import Programs
from supervisor.role import Role, role_of
from supervisor.state import ROOT, State
from tests.processes import Worker, eventually

ROLE_OF: dict[str, Role] = {
    "web": "web",
    "worker-people": "worker",
    "worker-rounds": "worker",
    "beat": "beat",
    "migrate": "command",
}


def arguments_of(command: Sequence[str]) -> list[str]:
    """`sys.argv` in the process of a command; with `python -m` its first item is the file that runs."""
    words = list(command)
    if not Path(words[0]).name.startswith("python"):
        return words
    # Options of the interpreter are before the module or the file.
    while words[1] == "-W":
        del words[1:3]
    return [str(ROOT / words[2] / "__main__.py"), *words[3:]] if words[1] == "-m" else words[1:]


def test_every_program_of_bin_start_has_its_role(tmp_path: Path) -> None:
    programs = Programs(State(tmp_path), {}, {}, None).all()
    found = {spec.name: role_of("", arguments_of(spec.command)) for spec in programs}
    assert found == {name: role for name, role in ROLE_OF.items() if name != "migrate"}


def test_every_service_of_the_containers_has_its_role() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    image = re.search(r"^CMD (\[.*?\])$", (ROOT / "Dockerfile").read_text().replace("\\\n", " "), re.MULTILINE)
    assert image
    commands = {name: services[name].get("command") or yaml.safe_load(image[1]) for name in ROLE_OF}
    assert {name: role_of("", arguments_of(command)) for name, command in commands.items()} == ROLE_OF


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_runs_has_the_limits_of_a_worker(start_worker: Callable[..., Worker]) -> None:
    assert settings.ROLE == "command"
    worker = start_worker(include="supervisor.celery_pool,tests.telling")
    eventually(lambda: "limits: " in worker.words())
    assert re.findall(r"limits: (.+?)\.", worker.words()) == ["1min 10min 2min"]
