"""Runs the checks of the code, two at a time, and tells of each whether it passed: check.py [STEP ...]."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOOLS = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
# The settings need the addresses of the servers; no check connects to them.
NOWHERE = {
    "DJANGO_SETTINGS_MODULE": "talentlink.settings",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "SECRET_KEY": "only-for-checks-and-long-enough-to-keep-every-check-quiet-0123456789",
    # makemigrations warns that it cannot connect to the database.
    "PYTHONWARNINGS": "ignore::RuntimeWarning",
}
FOREIGN = ("DEBUG", "DEMO", "TRUST_PROXY", "TRUSTED_PROXIES", "STATIC_ROOT", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")


@dataclass(frozen=True)
class Step:
    """One check: its name and the commands that must all succeed."""

    name: str
    commands: list[list[str]]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    step: Step
    passed: bool
    output: str
    seconds: float


def tool(name: str, *arguments: str) -> list[str]:
    return [str(TOOLS / name), *arguments]


def steps(scratch: Path) -> list[Step]:
    """All checks, the slowest first, so that the others run at the same time."""
    production = {
        "ALLOWED_HOSTS": "talent.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://talent.example.org",
        "TRUST_PROXY": "1",
        "STATIC_ROOT": str(scratch / "static"),
    }
    return [
        Step("mypy", [tool("mypy")]),
        Step("ruff", [tool("ruff", "check", "."), tool("ruff", "format", "--check", ".")]),
        Step("imports", [[sys.executable, "bin/lib/layers.py"]]),
        Step("migrations", [[*MANAGE, "makemigrations", "--check", "--dry-run"]]),
        Step("translations", [[sys.executable, "bin/lib/catalogue.py"], [sys.executable, "bin/lib/wording.py"]]),
        Step(
            "templates",
            [[sys.executable, "bin/lib/template_lines.py"], tool("djlint", "templates", "--lint", "--quiet")],
        ),
        Step("sbom", [[sys.executable, "bin/lib/sbom.py", "--check"]]),
        Step("deploy", [[*MANAGE, "check", "--deploy", "--fail-level", "INFO"]], production),
        Step("openapi", [[*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", str(scratch / "api.yml")]]),
    ]


def run(step: Step) -> Outcome:
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN} | NOWHERE | dict(step.env)
    began = time.monotonic()
    output, passed = "", True
    for command in step.commands:
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        output += done.stdout + done.stderr
        passed = passed and done.returncode == 0
    return Outcome(step, passed, output, time.monotonic() - began)


def main(names: list[str]) -> int:
    failed = []
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(max_workers=2) as pool:
        known = steps(Path(scratch))
        unknown = set(names) - {step.name for step in known}
        if unknown:
            print(f"no such check: {', '.join(sorted(unknown))}; there are: {', '.join(step.name for step in known)}")
            return 2
        for outcome in pool.map(run, [step for step in known if not names or step.name in names]):
            if not outcome.passed:
                failed.append(outcome.step.name)
                print(outcome.output.strip())
            print(
                f"{outcome.step.name:14} {'ok' if outcome.passed else 'FAILED':7} {outcome.seconds:5.1f} s", flush=True
            )
    print(f"FAILED: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
