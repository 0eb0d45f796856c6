"""Views and templates ask the rules, and never compare roles themselves."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMPARES = re.compile(
    r"\b(?:user|by|person\(request\))\.role\s*(?:==|!=|in\b|not in\b)|==\s*(?:request\.)?user\.role\b"
)
# Edges: what translates a request, and what a page is made of.
EDGES = ("*/views.py", "*/views/*.py", "*/office/*.py", "*/pages/*.py", "*/api.py", "*/api/*.py", "*/admin.py")
TEMPLATES = ("templates/**/*.html",)
# Pages that are still to be changed; none may be added.
STILL = {
    "assignments/views/orders.py", "templates/experts/doctor_list.html",
    "templates/service/visit_rows.html", "templates/service/visit_list.html", "templates/service/assignment_list.html",
    "templates/assignments/dispatch_list.html",
}  # fmt: skip


def comparing(*patterns: str) -> set[str]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts}
    return {str(path.relative_to(ROOT)) for path in found if COMPARES.search(path.read_text())}


def test_no_view_compares_roles() -> None:
    assert comparing(*EDGES) - STILL == set()


def test_no_template_compares_roles() -> None:
    assert comparing(*TEMPLATES) - STILL == set()


def test_a_comparison_would_be_found() -> None:
    for line in (
        '{% if user.role == "doctor" %}',
        "if request.user.role != User.Role.ENTERPRISE:",
        "own = user.role in (Role.OFFICE, Role.DOCTOR)",
        "if User.Role.DOCTOR == user.role:",
    ):
        assert COMPARES.search(line)
    assert not COMPARES.search('if facts["role"] == User.Role.OFFICE')  # the role of an account that is written
