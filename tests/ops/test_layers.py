"""bin/check's layers, on checkouts with a package too many, one too few, and an import upwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.state import ROOT

CONTRACT = """
[tool.importlinter]
include_external_packages = true

[[tool.importlinter.contracts]]
name = "apps depend downwards"
type = "layers"
layers = ["upper", "lower"]
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Two packages, each in its layer."""
    (tmp_path / "pyproject.toml").write_text(CONTRACT)
    for name in ("upper", "lower", "tests"):
        package(tmp_path, name)
    return tmp_path


def package(checkout: Path, name: str, code: str = "") -> None:
    (checkout / name).mkdir(exist_ok=True)
    (checkout / name / "__init__.py").write_text(code)


def check(checkout: Path) -> tuple[int, str]:
    command = [sys.executable, str(ROOT / "bin" / "lib" / "layers.py"), str(checkout)]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def test_imports_downwards_pass(checkout: Path) -> None:
    package(checkout, "upper", "import lower\n")
    assert check(checkout)[0] == 0


def test_an_import_upwards_fails(checkout: Path) -> None:
    package(checkout, "lower", "import upper\n")
    status, said = check(checkout)
    assert status == 1
    assert "lower is not allowed to import upper" in said


def test_a_new_package_has_to_say_where_it_stands(checkout: Path) -> None:
    package(checkout, "newcomer", "import upper\n")
    said = "newcomer/ stands in no layer: add it to the contract of layers in pyproject.toml."
    assert check(checkout) == (1, said)


def test_a_layer_whose_package_is_gone_is_told(checkout: Path) -> None:
    (checkout / "upper" / "__init__.py").unlink()
    said = "the layer upper has no folder: take it out of the contract of layers in pyproject.toml."
    assert check(checkout) == (1, said)
