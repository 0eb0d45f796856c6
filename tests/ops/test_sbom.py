"""The bill of materials: current, reproducible, nothing of a machine in it, and no licence that binds a site."""

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from supervisor.state import ROOT

BILL = (ROOT / "sbom.cdx.json").read_text()


def run(program: str) -> str:
    code = f"import sys; sys.path.insert(0, 'bin/lib'); import sbom; {program}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_bill_is_that_of_the_lock_and_is_written_the_same_each_time() -> None:
    assert run("print(sbom.written() == sbom.written() == sbom.WRITTEN.read_text())") == "True\n"
    locked = set(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    named: set[Any] = {(each["name"], each["version"]) for each in json.loads(BILL)["components"]}
    assert {pair for pair in named if pair[0] not in ("htmx.org", "echarts")} == locked


def test_the_bill_names_no_machine_moment_or_registry() -> None:
    assert re.findall(r"https?://(?!cyclonedx\.org/)|serialNumber|timestamp|/home|/work|/tmp|\.venv", BILL) == []


@pytest.mark.parametrize(
    ("licence", "is_refused"),
    [("GPL-3.0-only", True), ("AGPL-3.0", True), ("GNU General Public License v2 (GPLv2)", True), ("", True),
     ("GNU Affero General Public License v3", True), ("LGPL-2.1", False), ("MIT", False), ("GPL-2.0 OR MIT", False),
     ("GNU Library or Lesser General Public License (LGPL)", False)],
)  # fmt: skip
def test_licences_that_bind_a_site_are_refused(licence: str, is_refused: bool) -> None:
    assert run(f"print(bool(sbom.troubles({{'x': {licence!r}}})))") == f"{is_refused}\n"


def test_every_licence_of_the_bill_is_one_that_a_site_can_take() -> None:
    assert run("import json; print(sbom.troubles(sbom.licences(json.loads(sbom.WRITTEN.read_text()))))") == "[]\n"
