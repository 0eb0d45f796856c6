"""Checks that lines of templates have at most 140 characters and one element each: template_lines.py [FILE ...].

An element here is a block of HTML (`p`, `div`, `li`, `td`, `button`, `rect` …) or a tag of `ui` that draws one
(`{% panel %}`, `{% field %}` …). A line may begin one element and end one; when it does both, it is the same one with
its text. Inline marks (`a`, `b`, `span`, `input`, `{% icon %}` …) and conditions around the element do not count.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 140
_HTML = """
    html head body title meta link script style header footer main nav section article aside address hgroup
    h1 h2 h3 h4 h5 h6 p div ul ol li dl dt dd hr pre blockquote figure figcaption form fieldset legend details summary
    dialog table caption colgroup col thead tbody tfoot tr th td select optgroup option textarea button
    path rect circle line polyline polygon g use
"""
_PIECES = """
    figure meter day_bar empty_state timeline steps todo_list key_values check_answers need_card suggestion field fields
    error_summary pagination th filter_bar chart panels
"""
HTML, PIECES = set(_HTML.split()), set(_PIECES.split())
PAIRS = {"panel", "table", "notice", "dialog"}
VOID = {"meta", "link", "hr", "col"}
SKIPPED = re.compile(
    r"\{#.*?#\}|<!--.*?-->|\{% *comment\b.*?endcomment *%\}|\{% *blocktranslate\b.*?endblocktranslate *%\}"
    r"|(?<=>)[^<]*(?=</(?:script|style|pre|textarea)>)",
    re.DOTALL,
)
# A tag of HTML ends at the first `>` that is neither in quotes nor in a tag of the template.
MARK = re.compile(
    r"""\{%\ *(?P<piece>\w+).*?%\}"""
    r"""|<(?P<slash>/?)(?P<name>[a-zA-Z][\w-]*)(?P<inside>(?:\{%.*?%\}|\{\{.*?\}\}|"(?:\{%.*?%\}|\{\{.*?\}\}|[^"])*"|'[^']*'|[^>])*?)>""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Edge:
    """The begin or the end of an element, or both: its name and its position in the file."""

    name: str
    at: int
    begins: bool
    ends: bool


def edges(text: str) -> Iterator[Edge]:
    """The begins and ends of all elements, in order."""
    bare = SKIPPED.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    for found in MARK.finditer(bare):
        edge = of_piece(found) if found["piece"] else of_html(found)
        if edge is not None:
            yield edge


def of_piece(found: re.Match[str]) -> Edge | None:
    name = found["piece"]
    if name in PAIRS:
        return Edge(name, found.start(), begins=True, ends=False)
    if name.startswith("end") and name[3:] in PAIRS:
        return Edge(name[3:], found.start(), begins=False, ends=True)
    return Edge(name, found.start(), begins=True, ends=True) if name in PIECES else None


def of_html(found: re.Match[str]) -> Edge | None:
    name = found["name"].lower()
    if name not in HTML:
        return None
    if found["slash"]:
        return Edge(name, found.start(), begins=False, ends=True)
    return Edge(name, found.start(), begins=True, ends=name in VOID or found["inside"].endswith("/"))


def said_of(line: list[Edge]) -> str | None:
    """A sentence about what is wrong with the elements of one line, or None."""
    begun = [edge for edge in line if edge.begins]
    ended = [edge for edge in line if edge.ends]
    if len(begun) > 1:
        return f"{len(begun)} elements begin on one line: {', '.join(edge.name for edge in begun)}"
    if len(ended) > 1:
        return f"{len(ended)} elements end on one line: {', '.join(edge.name for edge in ended)}"
    if begun and ended and ended[0].at < begun[0].at:
        return f"{begun[0].name} begins on the line on which {ended[0].name} ends"
    return None


def faults(text: str, *, markup: bool = True) -> list[tuple[int, str]]:
    """Each line that is too long or holds more than one element: its number and what is wrong."""
    found = [
        (number, f"{len(line)} characters, {WIDTH} are allowed")
        for number, line in enumerate(text.split("\n"), 1)
        if len(line) > WIDTH
    ]
    lines: dict[int, list[Edge]] = {}
    for edge in edges(text) if markup else ():
        lines.setdefault(text.count("\n", 0, edge.at) + 1, []).append(edge)
    said = [(number, said_of(line)) for number, line in lines.items()]
    return sorted(found + [(number, words) for number, words in said if words])


def main(names: list[str]) -> int:
    files = [Path(name) for name in names] or sorted(
        path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}
    )
    wrong = 0
    for path in files:
        shown = path.resolve().relative_to(ROOT) if path.resolve().is_relative_to(ROOT) else path
        for number, words in faults(path.read_text(), markup=path.suffix == ".html"):
            wrong += 1
            print(f"{shown}:{number}: {words}")
    if wrong:
        print(f"{wrong} lines of templates: at most {WIDTH} characters and one element a line")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
