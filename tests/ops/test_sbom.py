"""The bill of materials: current, reproducible, nothing of a machine in it, and no licence that binds a site."""

import ast
import json
import re
import subprocess
import sys
from typing import Any

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


REFUSED = {
    "GPL-3.0-only", "AGPL-3.0", "GNU General Public License v2 (GPLv2)", "", "GNU Affero General Public License v3",
}  # fmt: skip
TAKEN = {"LGPL-2.1", "MIT", "GPL-2.0 OR MIT", "GNU Library or Lesser General Public License (LGPL)"}


def test_licences_that_bind_a_site_are_refused() -> None:
    """In one process, because it takes a second and a half to start."""
    found = run(f"print([each for each in {sorted(REFUSED | TAKEN)} if sbom.troubles({{'x': each}})])")
    assert set(ast.literal_eval(found)) == REFUSED


def test_every_licence_of_the_bill_is_one_that_a_site_can_take() -> None:
    assert run("import json; print(sbom.troubles(sbom.licences(json.loads(sbom.WRITTEN.read_text()))))") == "[]\n"
