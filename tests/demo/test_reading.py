"""A file of texts is read into its dataclass, and refused with a sentence that says where it is wrong."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from demo import doctors, visits
from demo.enterprises import THEMES
from demo.reading import DATA, BadText, look_up, read


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    year: int = 2020


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    name: str
    budget: tuple[int, int] | None = None
    latitude: float = 0.0
    words: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Names:
    names: dict[str, str]


def written(folder: Path, text: str) -> Path:
    (folder / "file.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_file_becomes_its_dataclass(tmp_path: Path) -> None:
    text = """
        [[rows]]
        name = "甲"
        budget = [10, 20]
        latitude = 37
        words = ["乙", "丙"]
        [[rows.parts]]
        kind = "paper"
        [[rows.parts]]
        kind = "patent"
        year = 2021
        [[rows]]
        name = "丁"
    """
    first = Row(
        name="甲",
        budget=(10, 20),
        latitude=37.0,
        words=("乙", "丙"),
        parts=(Part("paper", 2020), Part("patent", 2021)),
    )
    assert read("file", Shape, folder=written(tmp_path, text)) == Shape((first, Row(name="丁")))


def test_a_table_of_names_keeps_its_order(tmp_path: Path) -> None:
    read_names = read("file", Names, folder=written(tmp_path, '[names]\n"0610" = "煤"\n"0113" = "玉米"')).names
    assert list(read_names.items()) == [("0610", "煤"), ("0113", "玉米")]


def test_the_lines_of_a_long_text_are_joined(tmp_path: Path) -> None:
    folder = written(tmp_path, '[[rows]]\nname = """\n第一句，\n  还有6 mm，  \r\n第二句。\n"""')
    assert read("file", Shape, folder=folder).rows[0].name == "第一句，还有6 mm，第二句。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[[rows]]\nname = "甲"\n[[rows]]\nname = "乙"\nbudgets = [1, 2]',
            "file.toml, rows 2: the key “budgets” is unknown; known are name, budget, latitude, words, parts.",
        ),
        ("[[rows]]\nlatitude = 1.5", "file.toml, rows 1: the key “name” is missing."),
        ("", "file.toml: the key “rows” is missing."),
        ('[[row]]\nname = "甲"', "file.toml: the key “row” is unknown; known are rows."),
        ("[[rows]]\nname = 3", "file.toml, rows 1, name: a text is wanted, not 3."),
        (
            '[[rows]]\nname = "甲"\n[[rows.parts]]\nkind = "paper"\nyear = "2021"',
            "file.toml, rows 1, parts 1, year: a whole number is wanted, not '2021'.",
        ),
        (
            '[[rows]]\nname = "甲"\n[[rows.parts]]\nkind = "paper"\nyear = true',
            "file.toml, rows 1, parts 1, year: a whole number is wanted, not True.",
        ),
        ('[[rows]]\nname = "甲"\nlatitude = "37"', "file.toml, rows 1, latitude: a number is wanted, not '37'."),
        ('[[rows]]\nname = "甲"\nlatitude = true', "file.toml, rows 1, latitude: a number is wanted, not True."),
        ('[[rows]]\nname = "甲"\nwords = "乙 丙"', "file.toml, rows 1, words: a list is wanted, not '乙 丙'."),
        ('[[rows]]\nname = "甲"\nwords = ["乙", 3]', "file.toml, rows 1, words 2: a text is wanted, not 3."),
        ('[[rows]]\nname = "甲"\nbudget = [1]', "file.toml, rows 1, budget: 2 values are wanted, 1 are there."),
        ('rows = ["甲"]', "file.toml, rows 1: a table is wanted, not '甲'."),
        ("[[rows]]\nname = “甲”", "file.toml is not TOML: Invalid value (at line 2, column 8)."),
    ],
)
def test_a_wrong_file_is_refused_with_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(BadText) as refusal:
        read("file", Shape, folder=written(tmp_path, text))
    assert str(refusal.value) == sentence


def test_a_name_that_nobody_knows_is_refused_with_a_sentence() -> None:
    assert look_up({"甲": 1}, "甲", "file.toml: the enterprise") == 1
    with pytest.raises(BadText, match=r"^file\.toml: the enterprise “乙” is unknown\.$"):
        look_up({"甲": 1}, "乙", "file.toml: the enterprise")


def test_every_file_of_texts_is_one_that_the_demo_reads() -> None:
    of_themes = {f"{folder}/{theme.key}" for folder in ("enterprises", "needs") for theme in THEMES}
    of_groups = {f"doctors/{name}" for name in doctors.FILES} | {f"visits/{name}" for name in visits.FILES}
    single = {
        "city", "deputies", "industries", "new_needs", "qualifications", "round", "sayings", "themes", "universities",
    }  # fmt: skip
    files = {path.relative_to(DATA).with_suffix("").as_posix() for path in DATA.rglob("*.toml")}
    assert files == of_themes | of_groups | single
