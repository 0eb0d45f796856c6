"""Every code has a sentence, and every sentence finds its facts."""

import re
from pathlib import Path

import pytest

from officedata.tables import LeftOut, RowError, TableError
from ui import table_wording
from ui.table_wording import file_sentence, left_out_sentence, row_sentence

ROOT = Path(__file__).resolve().parent.parent.parent
FACTS = {
    "text": "甲" * 50, "length": 3, "limit": 2, "first": 4, "sheet": "表一", "count": 5, "name": "某公司",
    "under": "未注明",
    "file": "t.xlsx", "reason": "denied", "size": 300, "cell": "XFD9", "missing": ["甲", "乙"], "found": ["丙"],
}  # fmt: skip


@pytest.mark.parametrize("code", sorted(table_wording._ROW))
def test_row_sentences(code: str) -> None:
    text = row_sentence(RowError(7, "需求名称", code, FACTS, "需求表"))
    assert ("需求表" in text, "7" in text, "需求名称" in text, "%(" in text, "甲" * 41 in text) == (
        True,
        True,
        True,
        False,
        False,
    )


@pytest.mark.parametrize("code", sorted(table_wording._FILE))
def test_file_sentences(code: str) -> None:
    text = file_sentence(TableError(code, **FACTS))
    assert ("t.xlsx" in text, "\n" in text, "%(" in text) == (True, False, False)


@pytest.mark.parametrize("kind", ["csv", "html", "xml", "pdf", "word", "zip", "other"])
def test_kinds_of_files_are_told_apart(kind: str) -> None:
    text = file_sentence(TableError("not_excel", file="t.xlsx", kind=kind))
    others = {file_sentence(TableError("not_excel", file="t.xlsx", kind=other)) for other in ("csv", "html", "other")}
    assert "t.xlsx" in text
    assert len(others) == 3


@pytest.mark.parametrize("reason", ["hidden", "empty", "no_header"])
def test_left_out_sentences(reason: str) -> None:
    assert "选项" in left_out_sentence(LeftOut("选项", reason))


def test_no_code_is_raised_without_a_sentence() -> None:
    sources = [
        *(ROOT / "officedata/tables").glob("*.py"),
        *(ROOT / "core").glob("table*.py"),
        *(ROOT / "enterprises").glob("*.py"),
        *(ROOT / "experts").glob("*.py"),
    ]
    text = "\n".join(path.read_text() for path in sources)
    raised = set(re.findall(r'(?:TableError\(\s*|"code": )"(\w+)"', text)) | {"not_a_file", "not_found"}
    noted = set(re.findall(r'(?:\.error|\.warn|\._warn)\(\s*row, "\w+", "(\w+)"', text))
    assert raised == set(table_wording._FILE) | {"not_excel"}
    assert noted <= set(table_wording._ROW)
