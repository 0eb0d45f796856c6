"""Notices: whoever reads one knows its sentence, whichever process wrote it."""

import ast
import os
import subprocess
import sys

from supervisor.state import ROOT

KNOWN = "import django; django.setup(); from core.models import Notice; print(*sorted(Notice.SENTENCES))"


def written() -> set[str]:
    """The kinds that any module of the product gives a sentence."""
    return {
        call.args[0].value
        for path in ROOT.glob("*/**/*.py")
        if path.relative_to(ROOT).parts[0] not in {"tests", ".venv"}
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "sentence"
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
    }


def test_a_process_that_was_only_set_up_knows_the_sentence_of_every_kind() -> None:
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "talentlink.settings"}
    done = subprocess.run(
        [sys.executable, "-c", KNOWN], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    known = set(done.stdout.split())
    assert "shortlist_ready" in known
    assert known == written()
