"""The two invented universities and their enrolled doctors."""

from dataclasses import dataclass

from demo.enterprises import BY_KEY
from demo.reading import look_up, read
from demo.texts import DoctorText, InterestText, UniversityText, WorkText
from officedata.codes import disciplines

# The files of doctors, in the order in which they enrolled.
FILES = ("mining", "materials", "chemistry", "machines", "farming", "others")


@dataclass(frozen=True, slots=True)
class UniversityFile:
    universities: tuple[UniversityText, ...]


@dataclass(frozen=True, slots=True)
class InterestRow:
    """`enterprise` is the short name."""

    enterprise: str
    relation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorRow:
    """A doctor as the file has it: the university follows from the college, the phone from the place in the list."""

    name: str
    sex: str
    born: str
    college: str
    discipline: str
    title: str
    hats: tuple[str, ...] = ()
    directions: tuple[str, ...]
    keywords: tuple[str, ...]
    fields: tuple[str, ...]
    wishes: tuple[str, ...] = ()
    days: int
    max_hosts: int
    most_km: int | None = None
    postings: tuple[str, ...] = ()
    works: tuple[WorkText, ...]
    interests: tuple[InterestRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DoctorFile:
    doctors: tuple[DoctorRow, ...]


UNIVERSITIES: tuple[UniversityText, ...] = read("universities", UniversityFile).universities

_UNIVERSITY_OF = {college: university.key for university in UNIVERSITIES for college in university.colleges}


def _interest(row: InterestRow, where: str) -> InterestText:
    return InterestText(look_up(BY_KEY, row.enterprise, f"{where}: the enterprise").index, row.relation)


def _doctor(index: int, row: DoctorRow, where: str) -> DoctorText:
    where = f"{where}, “{row.name}”"
    return DoctorText(
        index=index,
        name=row.name,
        sex=row.sex,
        born=row.born,
        university=look_up(_UNIVERSITY_OF, row.college, f"{where}: the college"),
        college=row.college,
        discipline=row.discipline,
        discipline_name=look_up(disciplines.NAMES, row.discipline, f"{where}: the discipline"),
        title=row.title,
        hats=row.hats,
        directions=row.directions,
        keywords=row.keywords,
        works=row.works,
        fields=row.fields,
        wishes=row.wishes,
        adjustable=index % 5 != 3,
        days=row.days,
        max_hosts=row.max_hosts,
        most_km=row.most_km,
        postings=row.postings,
        interests=tuple(_interest(each, where) for each in row.interests),
        phone=f"1990001{1003 + index * 23:04d}",
    )


def _all() -> tuple[DoctorText, ...]:
    rows = [(f"doctors/{name}.toml", row) for name in FILES for row in read(f"doctors/{name}", DoctorFile).doctors]
    return tuple(_doctor(index, row, where) for index, (where, row) in enumerate(rows))


DOCTORS: tuple[DoctorText, ...] = _all()
BY_NAME: dict[str, DoctorText] = {d.name: d for d in DOCTORS}
