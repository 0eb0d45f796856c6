"""Views and templates use the rules and never compare roles themselves."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMPARES = re.compile(
    r"\b(?:user|by|person\(request\))\.role\s*(?:==|!=|in\b|not in\b)|==\s*(?:request\.)?user\.role\b"
)
# The files that are tested: those that handle a request or make a page.
EDGES = (
    "*/views.py", "*/views/*.py", "*/office.py", "*/office/*.py", "*/pages/*.py", "*/*_page*.py", "*/lists.py",
    "*/*_panels.py", "*/*_panel.py", "*/api.py", "*/api/*.py", "*/admin.py", "ui/*.py", "ui/*/*.py", "rest/*.py",
    "talentlink/*.py",
)  # fmt: skip
FRAME = {"ui/contributions.py"}  # a menu entry and a to-do belong to a role, which is compared there and nowhere else
TEMPLATES = ("templates/**/*.html",)


def comparing(*patterns: str) -> set[str]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    return {str(path.relative_to(ROOT)) for path in found if COMPARES.search(path.read_text())} - FRAME


def test_no_view_compares_roles() -> None:
    assert comparing(*EDGES) == set()


def test_no_template_compares_roles() -> None:
    assert comparing(*TEMPLATES) == set()


def test_a_comparison_would_be_found() -> None:
    for line in (
        '{% if user.role == "doctor" %}',
        "if request.user.role != User.Role.ENTERPRISE:",
        "own = user.role in (Role.OFFICE, Role.DOCTOR)",
        "if User.Role.DOCTOR == user.role:",
    ):
        assert COMPARES.search(line)
    assert not COMPARES.search('if facts["role"] == User.Role.OFFICE')  # the role of an account that is written
