"""bin/check's own catalogue check, on catalogues that are wrong in one way each."""

import gettext
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.state import ROOT

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: zh_Hans\\n"\n'
COMPLETE = f'{HEADER}\nmsgid "Need"\nmsgstr "需求"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one string, its catalogue complete."""
    (tmp_path / "bin" / "lib").mkdir(parents=True)
    for name in ("catalogue.py", "mo.py"):
        shutil.copy(ROOT / "bin" / "lib" / name, tmp_path / "bin" / "lib")
    (tmp_path / "forms.py").write_text('from django.utils.translation import gettext as _\n\nLABEL = _("Need")\n')
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(COMPLETE)
    assert check(tmp_path, "--update")[0] == 0
    return tmp_path


def check(checkout: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-P", str(checkout / "bin" / "lib" / "catalogue.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_complete_catalogue_passes(checkout: Path) -> None:
    assert check(checkout) == (0, "")


def test_a_string_without_translation_fails_until_it_has_one(checkout: Path) -> None:
    with (checkout / "forms.py").open("a") as code:
        code.write('OTHER = _("Order")\n')
    status, output = check(checkout)
    assert status == 1
    assert 'untranslated: msgid "Order"' in output
    assert check(checkout, "--update")[0] == 0
    po = checkout / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.write_text(po.read_text().replace('msgid "Order"\nmsgstr ""', 'msgid "Order"\nmsgstr "点单"'))
    assert check(checkout) == (0, "")


def test_a_guessed_translation_fails(checkout: Path) -> None:
    po = checkout / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.write_text(COMPLETE.replace('msgid "Need"', '#, fuzzy\nmsgid "Need"'))
    status, output = check(checkout)
    assert status == 1
    assert "only-fuzzy" in output


def test_a_catalogue_out_of_order_fails_until_it_is_written_anew(checkout: Path) -> None:
    (checkout / "forms.py").write_text('from django.utils.translation import gettext as _\n\nL = _("Need"), _("Act")\n')
    po = checkout / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.write_text(f'{COMPLETE}\n#: forms.py\nmsgid "Act"\nmsgstr "行为"\n')
    status, output = check(checkout)
    assert (status, "in another order" in output) == (1, True)
    check(checkout, "--update")
    assert check(checkout) == (0, "")
    assert po.read_text().split("\n\n")[1:] == ['msgid "Act"\nmsgstr "行为"', 'msgid "Need"\nmsgstr "需求"\n']


def test_updating_compiles(checkout: Path) -> None:
    check(checkout, "--update")
    mo = checkout / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    with mo.open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Need") == "需求"


def test_an_unknown_step_is_refused() -> None:
    command = [sys.executable, str(ROOT / "bin" / "lib" / "check.py"), "spelling"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout.startswith("no such check: spelling; there are: mypy, ruff,")
