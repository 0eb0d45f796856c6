"""The wheel of the engine: built without an index, installed beside nothing else of ours, and run without Django."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from matchengine.names import VERSION

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT = ROOT / "packages" / "matchengine"
# What a pure package must do without: Django and whatever else only the product has.
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "rest_framework", "celery", "psycopg2", "accounts", "core", "ui"}:
            raise ImportError(f"{name} cannot be imported here")

sys.meta_path.insert(0, Blocked())
"""


def pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def run(code: str, *, path: Path, folder: Path) -> str:
    """What the code prints in a Python that finds only the installed packages and those under `path`."""
    # Without -P the folder stands first on the path, and it is empty.
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"{BLOCKED}\nsys.path.insert(0, {str(path)!r})\n{code}"],
        capture_output=True, text=True, check=False, cwd=folder, env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheels")
    pip("wheel", "--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(PROJECT))
    (built,) = folder.iterdir()
    return built


def test_the_wheel_holds_the_two_pure_packages_and_the_licence(wheel: Path) -> None:
    assert wheel.name == f"matchengine-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        facts = archive.read(f"matchengine-{VERSION}.dist-info/METADATA").decode()
    modules = {
        str(file.relative_to(ROOT))
        for package in ("matchengine", "officedata")
        for file in (ROOT / package).rglob("*.py")
    }
    about = {f"matchengine-{VERSION}.dist-info/{name}" for name in ("METADATA", "WHEEL", "RECORD", "licenses/LICENSE")}
    assert names == modules | about
    assert "License-Expression: Apache-2.0" in facts.splitlines()
    assert facts.endswith((PROJECT / "README.md").read_text())


def test_the_example_of_the_readme_runs_from_the_wheel_without_django(wheel: Path, tmp_path: Path) -> None:
    pip("install", "--no-index", "--no-deps", "--target", str(tmp_path / "site"), str(wheel))
    (tmp_path / "empty").mkdir()
    readme = (PROJECT / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert len(example.splitlines()) <= 10
    code = f"{example}\nimport matchengine, officedata\nprint(matchengine.__file__, officedata.__file__)"
    lines = run(code, path=tmp_path / "site", folder=tmp_path / "empty").splitlines()
    site = tmp_path / "site"
    assert lines == [
        "3 一種水泥窯用高鋁磚",
        "1 高铝砖抗热震性的改进",
        f"{site / 'matchengine/__init__.py'} {site / 'officedata/__init__.py'}",
    ]
    assert [f"`{line}`" in readme for line in lines[:2]] == [True, True]


def test_every_module_of_the_pure_packages_imports_without_django(tmp_path: Path) -> None:
    names = [
        ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("matchengine", "officedata")
        for file in sorted((ROOT / package).rglob("*.py"))
    ]
    code = f"import importlib\nfor name in {names!r}: importlib.import_module(name)\nprint('django' in sys.modules)"
    assert run(code, path=ROOT, folder=tmp_path) == "False\n"


def test_the_wheel_asks_for_what_the_product_locks() -> None:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    assert [one for one in asked if one not in ours] == []
