"""bin/lib/mo.py: the Chinese catalogue compiled without gettext."""

import gettext
import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from bin.lib.mo import PO, compile_catalogue, compiled
from supervisor.state import ROOT

HEADER = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def words(mo: bytes) -> dict[object, str]:
    catalogue: dict[object, str] = vars(gettext.GNUTranslations(BytesIO(mo)))["_catalog"]
    return catalogue


@pytest.fixture
def site(tmp_path: Path) -> Path:
    po = tmp_path / PO
    po.parent.mkdir(parents=True)
    po.write_text(HEADER + 'msgid "Need"\nmsgstr "需求"\n')
    return tmp_path


def test_the_catalogue_says_what_gettext_makes_of_it(tmp_path: Path) -> None:
    mo = tmp_path / "a.mo"
    subprocess.run(["msgfmt", "--output-file", mo, ROOT / PO], check=True)
    # gettext leaves out the moment at which the strings were extracted.
    source = re.sub(r'"POT-Creation-Date: .*"\n', "", (ROOT / PO).read_text())
    assert words(compiled(source)) == words(mo.read_bytes())


def test_plurals_contexts_long_strings_and_what_is_left_out() -> None:
    text = (
        HEADER
        + """# A remark.
#, python-format
msgid ""
"two "
"lines\\n"
msgstr "两\\"行\\n"

msgctxt "of a batch"
msgid "Stage"
msgstr "阶段"

msgid "%d day"
msgid_plural "%d days"
msgstr[0] "%d 天"

#, fuzzy
msgid "guessed"
msgstr "猜"

msgid "empty"
msgstr ""

#~ msgid "old"
#~ msgstr "旧"
"""
    )
    found = words(compiled(text))
    del found[""]
    assert found == {"two lines\n": '两"行\n', "of a batch\x04Stage": "阶段", ("%d day", 0): "%d 天"}


def test_it_is_compiled_once_for_every_source(site: Path) -> None:
    assert [compile_catalogue(site), compile_catalogue(site)] == [True, False]
    po = site / PO
    po.write_text(po.read_text().replace("需求", "技术需求"))
    # Another file counts even if it is older, as after a change of branches.
    os.utime(po, (1, 1))
    assert compile_catalogue(site) is True
    assert words(po.with_suffix(".mo").read_bytes())["Need"] == "技术需求"
    assert sorted(path.name for path in po.parent.iterdir()) == ["django.mo", "django.po"]


def test_every_program_compiles_it_first(site: Path) -> None:
    """With a .venv that is ready, as it is on every start but the first."""
    (site / "bin").symlink_to(ROOT / "bin")
    program = "import sys; sys.argv[1:] = []; sys.path.insert(0, 'bin/lib'); import setup; setup.ROOT = setup.Path('.')"
    command = [sys.executable, "-c", f"{program}; setup.compile_catalogue()"]
    subprocess.run(command, cwd=site, check=True)
    assert words((site / PO).with_suffix(".mo").read_bytes())["Need"] == "需求"


def test_who_may_not_write_is_told_and_goes_on(site: Path) -> None:
    (site / PO).unlink()
    (site / PO).mkdir()
    program = "import sys; sys.path.insert(0, 'bin/lib'); import setup; setup.ROOT = setup.Path(sys.argv[1])"
    command = [sys.executable, "-c", f"{program}; setup.compile_catalogue()", str(site)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "were not compiled anew" in done.stderr) == (0, True)
