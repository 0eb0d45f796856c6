"""Answers the commands of `python -m probe`."""

import logging
from typing import Any

from django.test.utils import setup_test_environment

from .asking import Answer, once, warmed
from .cases import Case, People, lists, pages, sent_forms
from .own_rows import fill_own
from .rows import fill_the_rest
from .work import work

TOKEN = "tl_bench"  # noqa: S105  of the database that is thrown away


def all_cases() -> tuple[dict[str, Case], list[str]]:
    """Every case by its key, forms first, and what could not be made."""
    people = People()
    cases: dict[str, Case] = {}
    missing: list[str] = []
    for found in sent_forms(people):
        if isinstance(found, str):
            missing.append(found)
        else:
            cases[found.key] = found
    for case in pages(people, TOKEN):
        cases.setdefault(case.key, case)
    return cases, missing


def list_cases() -> dict[str, Case]:
    """The lists and their files by their keys."""
    return {case.key: case for case in lists(People())}


class Server:
    """One checkout under measurement."""

    def __init__(self) -> None:
        setup_test_environment(debug=False)
        # Pages that refuse the user would fill the log.
        logging.disable(logging.WARNING)
        self.cases: dict[str, Case] = {}

    def answer(self, command: dict[str, Any]) -> Any:
        """Do what the command says."""
        match command["do"]:
            case "rows":
                return fill_the_rest() | fill_own()
            case "work":
                return work(command["what"])
            case "cases":
                self.cases, missing = all_cases()
                return {"cases": list(self.cases), "missing": missing}
            case "warm":
                return warmed(self.cases[command["key"]]).as_data()
            case "ask":
                case = self.cases[command["key"]]
                return Answer([once(case)[1] for _time in range(command.get("times", 1))]).as_data()
        raise ValueError(command["do"])
