"""Which release of TalentLink this is: the version in pyproject.toml, the only file that has it."""

import tomllib
from functools import cache

from supervisor.state import ROOT


@cache
def release() -> str:
    """The version, such as "0.3.0"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return str(project["project"]["version"])
