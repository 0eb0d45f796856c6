"""Runs import-linter over every package of the checkout, and refuses a package that is in no layer: layers.py [FOLDER].

The packages are found by their folders, so that a new app cannot be forgotten.
"""

import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Packages that are in no layer: tests import all others, and no other package imports them.
BESIDE = {"tests"}


def packages(root: Path) -> set[str]:
    """The packages in the top folder of the checkout."""
    return {init.parent.name for init in root.glob("[!.]*/__init__.py")} - BESIDE


def in_layers(text: str) -> set[str]:
    """The packages in the contract of layers in `pyproject.toml`; a contract with `containers` is about modules."""
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    whole = [contract for contract in contracts if contract["type"] == "layers" and "containers" not in contract]
    layers = [layer for contract in whole for layer in contract["layers"]]
    return {name.strip() for layer in layers for name in layer.replace(":", "|").split("|")}


def main(root: Path = ROOT) -> int:
    text = (root / "pyproject.toml").read_text()
    found, known = packages(root), in_layers(text)
    for name in sorted(found - known):
        print(f"{name}/ stands in no layer: add it to the contract of layers in pyproject.toml.")
    for name in sorted(known - found):
        print(f"the layer {name} has no folder: take it out of the contract of layers in pyproject.toml.")
    if found != known:
        return 1
    named = f"[tool.importlinter]\nroot_packages = {sorted(found)}"
    with tempfile.TemporaryDirectory() as scratch:
        config = Path(scratch) / "pyproject.toml"
        config.write_text(text.replace("[tool.importlinter]", named, 1))
        tool = Path(sys.executable).parent / "lint-imports"
        return subprocess.run([tool, "--config", str(config)], cwd=root, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:2])))
