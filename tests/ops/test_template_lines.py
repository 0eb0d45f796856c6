"""Lines of templates: at most 140 characters, one element a line, said with the file and the line."""

import subprocess
import sys
from pathlib import Path

import pytest

from bin.lib.template_lines import faults

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x" * 140, []),
        ("<p>a</p>\n" + "x" * 141, [(2, "141 characters, 140 are allowed")]),
        ('<p class="a">One <b>mark</b> and <a href="#">a link</a>.</p>', []),
        ('{% if a %}<li class="{% if b > c %}x{% endif %}">{{ a }}</li>{% endif %}', []),
        ("<ul><li>a</li>\n</ul>", [(1, "2 elements begin on one line: ul, li")]),
        ("<td>a</td><td>b</td>", [(1, "2 elements begin on one line: td, td")]),
        ("<ul>\n<li>\na</li></ul>", [(3, "2 elements end on one line: li, ul")]),
        ("<p>\na</p><p>b\n</p>", [(2, "p begins on the line on which p ends")]),
        ("{% panel %}<p>a</p>\n{% endpanel %}", [(1, "2 elements begin on one line: panel, p")]),
        ("{% field form.a %}{% field form.b %}", [(1, "2 elements begin on one line: field, field")]),
        ('<svg viewBox="0 0 1 1"><rect/><rect/></svg>', [(1, "2 elements begin on one line: rect, rect")]),
        ("{# <p>a</p><p>b</p> #}\n<!-- <ul><li> -->", []),
        ('<p title="a > b">\n{% blocktranslate %}<p>a</p><p>b</p>{% endblocktranslate %}\n</p>', []),
    ],
)
def test_a_line_holds_one_element(text: str, found: list[tuple[int, str]]) -> None:
    assert faults(text) == found


def test_what_is_wrong_is_said_with_its_file_and_line(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p>a</p>\n<p>b</p><p>c</p>\n")
    command = [sys.executable, "bin/lib/template_lines.py", str(page)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (
        1,
        f"{page}:2: 2 elements begin on one line: p, p\n"
        "1 lines of templates: at most 140 characters and one element a line\n",
    )


def test_of_letters_only_the_length_counts(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("<p>a</p><p>b</p>\n")
    command = [sys.executable, "bin/lib/template_lines.py", str(letter)]
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0
