"""A table is being loaded when its command, or the database, is killed: all of it is there or nothing, and loading it
again makes it whole."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from supervisor.state import ROOT
from tests.factories import CityUserFactory, DistrictFactory
from tests.faults.blows import BLOWS, cases
from tests.faults.site import Site
from tests.processes import eventually

pytestmark = pytest.mark.processes

NEEDS = 400
WRITING = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_xid IS NOT NULL AND query ILIKE '%%enterprises_need%%'"""


def table(folder: Path) -> Path:
    """An office's table of needs, of as many enterprises as needs."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["企业名称", "县区", "需求名称", "需求内容"])
    for at in range(NEEDS):
        problem = f"第{at}条窑口的镁碳砖剥落快，平均寿命只有四十二炉，需要改进抗氧化剂和结合剂。"
        sheet.append([f"云泉市第{at}窑炉有限公司", "石岭区", f"镁碳砖寿命提升第{at}项", problem])
    path = folder / "needs.xlsx"
    book.save(path)
    return path


def load(site: Site, path: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "supervisor", "manage", "import_needs", str(path)]
    return subprocess.Popen(
        command, cwd=ROOT, env=dict(site.env()), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def needs(site: Site) -> int:
    return int(site.ask("SELECT count(*) FROM enterprises_need")[0][0])


@pytest.mark.parametrize("killed", cases(["command", "connection_killed", "postgres_killed"], {"command"}))
def test_an_import_under_a_blow(site: Site, tmp_path: Path, killed: str, seed: int) -> None:
    chance = random.Random(f"import {killed} {seed}")
    with site.django():
        CityUserFactory()
        DistrictFactory(code="149931", name="石岭区")
    path, looks = table(tmp_path), chance.randrange(1, 6)
    command = load(site, path)
    for _each in range(looks):
        eventually(lambda: command.poll() is not None or site.ask(WRITING) != [(0,)])
    if killed == "command":
        command.send_signal(signal.SIGKILL)
    else:
        BLOWS[killed](site, chance, lambda: True)
    said = command.communicate(timeout=60)[0]
    site.becomes_well()
    assert needs(site) in (0, NEEDS)
    assert "Traceback" not in said
    # Whoever lost the database under him says so; one that was through before the blow has its report.
    lost = [line for line in said.splitlines() if line.startswith(("error: ", "错误："))]
    assert [line.partition("。")[0] for line in lost[1:]] == (
        ["错误：数据库暂时无法连接"] if command.returncode == 1 else []
    )

    again = load(site, path)
    assert (again.wait(120), needs(site)) == (0, NEEDS), again.communicate()[0]
    events = site.ask("SELECT pgh_label, count(*), count(DISTINCT pgh_obj_id) FROM enterprises_needevent GROUP BY 1")
    assert events == [("insert", NEEDS, NEEDS)]
