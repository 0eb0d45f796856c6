"""Tables that others made are read in a process with limits: hostile files are refused in words, and cost little."""

import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from core import tables
from core.tables import read_table
from officedata.tables import TableError, header_words
from officedata.tables.reading import read_table as read_here
from supervisor.state import ROOT
from tests.officedata.tables import workbook
from tests.processes import eventually
from ui.table_wording import file_sentence

WANTED = header_words("firm: 企业名称\ntitle: 需求名称\n")
HEADER = ["企业名称", "需求名称"]
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
TEXT = '<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>'


def altered(path: Path, *, sheet: str = "", **parts: str) -> Path:
    """A small good workbook with its sheet, or other parts, replaced."""
    source = workbook(path.with_suffix(".before.xlsx"), [HEADER, ["甲厂", "降低能耗"]])
    new = {
        "xl/worksheets/sheet1.xml": sheet,
        **{name.replace("__", "/") + ".xml": text for name, text in parts.items()},
    }
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in old.namelist():
            out.writestr(name, new.get(name) or old.read(name))
        for name in set(new) - set(old.namelist()):
            out.writestr(name, new[name])
    return path


def rows(*cells: str) -> str:
    return SHEET.format(rows=f"<row>{''.join(cells)}</row>")


def refusal(path: Path, **limits: int) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path, WANTED, **limits)
    assert path.name in file_sentence(caught.value)
    return caught.value.code


def test_a_tag_that_repeats_its_place_costs_no_more_than_another(tmp_path: Path) -> None:
    """Each place was tried as the cell's, and the rest of the tag read for each: 70 KB took a minute."""
    again = '<c r="A1" ' + 'r="A1" ' * 10_000
    path = altered(tmp_path / "again.xlsx", sheet=rows(TEXT.format(at="A1", text="x"), again))
    before = time.process_time()
    with pytest.raises(TableError) as caught:
        read_here(path, WANTED)
    assert caught.value.code in ("damaged", "no_header", "no_rows")
    assert time.process_time() - before < 5


def test_a_file_is_measured_in_the_process_with_limits(tmp_path: Path) -> None:
    """A process of the site looks at no part of the file."""
    path = workbook(tmp_path / "t.xlsx", [HEADER, ["甲厂", "降低能耗"]])
    opened: list[str] = []
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
    assert len(read_table(path, WANTED).rows) == 1
    assert [name for name in opened if name == str(path)] == []


def test_a_table_is_the_same_as_if_it_were_read_here(tmp_path: Path) -> None:
    lines = [["某县汇总表", None], HEADER, *[[f"第{at}厂", "降低能耗\n20%"] for at in range(200)], [None, "缺企业"]]
    path = workbook(tmp_path / "t.xlsx", lines, merges=["A2:A2"])
    apart, here = read_table(path, WANTED, fill=("firm",)), read_here(path, WANTED, fill=("firm",))
    assert len(apart.rows) == 201
    assert [(row.number, row.text("firm"), row.text("title")) for row in apart.rows] == [
        (row.number, row.text("firm"), row.text("title")) for row in here.rows
    ]
    assert (apart.headers(WANTED), apart.file) == (here.headers(WANTED), here.file)
    assert [list(sheet.above) for sheet in apart.sheets] == [list(sheet.above) for sheet in here.sheets]


def test_a_refusal_comes_through_with_its_facts(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["甲", "乙"], [1, 2]])
    with pytest.raises(TableError) as caught:
        read_table(path, WANTED, required=(("firm",),))
    with pytest.raises(TableError) as here:
        read_here(path, WANTED, required=(("firm",),))
    assert (caught.value.code, caught.value.params) == (here.value.code, here.value.params)


@pytest.mark.parametrize(
    "cell", ['<c r="XFD12000"><v>1</v></c>', "<c r='XFD12000'><v>1</v></c>", '<c\tr="xfd12000" ><v>1</v></c>']
)
def test_one_cell_far_out_is_seen_before_a_reader_is_asked(tmp_path: Path, cell: str) -> None:
    path = altered(tmp_path / "t.xlsx", sheet=rows('<c r="A1"><v>1</v></c>', cell))
    assert (path.stat().st_size < 8000, refusal(path)) == (True, "too_large")


def test_a_sheet_that_lies_elsewhere_is_measured_too(tmp_path: Path) -> None:
    far = rows('<c r="A1"><v>1</v></c>', '<c r="XFD12000"><v>1</v></c>')
    path = altered(tmp_path / "t.xlsx", xl__other__sheet=far)
    assert refusal(path) == "too_large"


def test_what_cannot_be_measured_costs_no_more_than_the_limit(tmp_path: Path) -> None:
    """The cell's place follows from its row and the cells before it, so nothing names it."""
    first = f'<row r="1">{TEXT.format(at="A1", text="x")}</row>'
    last = '<row r="30000">' + "<c/>" * 16000 + "<c><v>1</v></c></row>"
    path = altered(tmp_path / "t.xlsx", sheet=SHEET.format(rows=first + last))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    began = time.monotonic()
    code = refusal(path, memory=512 * 2**20)
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert code in ("too_heavy", "headers_missing")
    assert (max(grown, before) < max(before, 600 * 1024) + 1, time.monotonic() - began < 60) == (True, True)


def test_one_long_text_in_many_cells_costs_no_more_than_the_limit(tmp_path: Path) -> None:
    strings = (
        "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>"
        + "字" * 30_000
        + "</t></si></sst>"
    )
    cells = "".join(
        f'<row r="{at}"><c r="A{at}" t="s"><v>0</v></c><c r="B{at}" t="s"><v>0</v></c></row>' for at in range(1, 30_000)
    )
    path = altered(tmp_path / "t.xlsx", sheet=SHEET.format(rows=cells), xl__sharedStrings=strings)
    assert refusal(path, memory=512 * 2**20) == "too_heavy"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "haha">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "sheet",
    [
        LAUGHS + rows(TEXT.format(at="A1", text="&i;"), TEXT.format(at="B1", text="&i;")),
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rows(TEXT.format(at="A1", text="&a;")),
        "<worksheet><sheetData><row r='1'><c r='A1'><v>1",
        "<worksheet><sheetData><row r='1'><c r='A99999999999'><v>1</v></c></row></sheetData></worksheet>",
        "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>99999</v></c></row></sheetData></worksheet>",
        "\x00\x01",
    ],
)  # fmt: skip
def test_broken_and_malicious_xml_is_refused_in_words(tmp_path: Path, sheet: str) -> None:
    assert refusal(altered(tmp_path / "t.xlsx", sheet=sheet)) in ("damaged", "empty_sheet", "headers_missing")


def test_a_table_that_takes_too_long_ends(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, *[["甲厂", f"降低能耗{at}"] for at in range(60_000)]])
    assert refusal(path, seconds=0) == "too_slow"


def test_the_reader_ends_with_whoever_asked_for_it(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [HEADER, *[["甲厂", f"降低能耗{at}"] for at in range(60_000)]])
    code = "from pathlib import Path; from core.tables import read_table\n"
    code += f"read_table(Path({str(path)!r}), {dict(WANTED)!r})"
    asking = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    eventually(lambda: bool(_children_of(asking.pid)))
    found = list(_children_of(asking.pid))
    asking.send_signal(signal.SIGKILL)
    asking.wait()
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() and _is_reader(pid) for pid in found))


def _children_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children if _is_reader(int(child))]


def _is_reader(pid: int) -> bool:
    try:
        return b"core.table_child" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_the_reader_loads_no_framework_and_gets_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "import sys, core.table_child\n"
    code += "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'psycopg2', 'celery'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    assert "s3cret" not in tables._environment().values()
    assert "DATABASE_URL" in os.environ
    assert "DATABASE_URL" not in tables._environment()
