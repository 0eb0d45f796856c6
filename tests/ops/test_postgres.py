"""The embedded PostgreSQL: under which user it runs, what it says when it cannot, and starting over."""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psycopg2
import pytest

from supervisor import postgres
from supervisor.base_servers import plain
from supervisor.cluster import failed
from supervisor.postgres import Postgres, as_nobody, unprivileged
from supervisor.state import ROOT, State
from supervisor.supervisor import Supervisor

Ask = Callable[[str], object]


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    running = Supervisor(tmp_path, ROOT, say=lambda line: None)
    yield running
    running.stop()


def ask(url: str, question: str) -> object:
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(question)
        answer = cursor.fetchall() if cursor.description else None
    connection.close()
    return answer


def up(folder: Path, supervisor: Supervisor) -> Postgres:
    server = Postgres(State.open({"TALENTLINK_STATE": str(folder)}), for_tests=True)
    server.prepare(plain(os.environ))
    supervisor.start(server.spec(plain(os.environ)))
    return server


@pytest.mark.processes
def test_a_new_server_knows_chinese(tmp_path: Path, supervisor: Supervisor) -> None:
    url = up(tmp_path / "state", supervisor).url
    assert ask(url, "SHOW listen_addresses") == [("",)]
    assert ask(url, "CREATE EXTENSION pg_trgm; SELECT show_trgm('煤矸石') <> '{}'") == [(True,)]
    ask(url, "CREATE EXTENSION btree_gist")


@pytest.mark.processes
@pytest.mark.parametrize("way", [unprivileged, as_nobody])
def test_postgres_never_runs_as_root(
    tmp_path: Path, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path], Sequence[str]]
) -> None:
    """As root both ways around its refusal are tried: another name for root, and user nobody."""
    if os.geteuid() == 0:
        monkeypatch.setattr(postgres, "unprivileged", way)
    # pytest's folders can be entered by their owner alone, as root's home cannot by nobody.
    server = up(tmp_path / "state", supervisor)
    assert ask(server.url, "SELECT current_database()") == [("talentlink",)]
    owner = (server.data / "PG_VERSION").stat().st_uid
    assert owner == (65534 if os.geteuid() == 0 and way is as_nobody else os.geteuid())


@pytest.mark.processes
def test_starting_over_empties_the_database_though_somebody_is_in_it(tmp_path: Path, supervisor: Supervisor) -> None:
    server = up(tmp_path / "state", supervisor)
    ask(server.url, "CREATE TABLE half_a_demo (id int)")
    busy = psycopg2.connect(server.url)
    server.start_over()
    busy.close()
    assert ask(server.url, "SELECT to_regclass('half_a_demo') IS NULL") == [(True,)]


def test_an_interrupted_initdb_is_done_again(tmp_path: Path, supervisor: Supervisor) -> None:
    half = tmp_path / "state" / "postgres" / "data"
    half.mkdir(parents=True)
    (half / "base").mkdir()
    assert ask(up(tmp_path / "state", supervisor).url, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little free memory"),
        ("PANIC:  could not write to file: No space left on device", "the disk is full"),
        ('FATAL:  could not open file "base/1/112": Permission denied', "the state folder must be ours"),
        ("FATAL:  lock file is empty", "see docs/operations.md"),
    ],
)
def test_the_usual_causes_come_with_advice(line: str, advice: str) -> None:
    trouble = failed(line)
    assert trouble.english.startswith(f"PostgreSQL did not start: {line} ({advice}")
    assert line in trouble.chinese
