"""Measures every list that is given out as a file: its page, and the file with all rows the person sees."""

import statistics
import time

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measure import Figure, say, seconds
from bench.probe.asking import trouble
from bench.probe.cases import Case
from bench.probe.own_rows import fill_own
from bench.probe.rows import fill_the_rest
from bench.probe.serving import list_cases

MOST, ENOUGH = 5, 3  # times each is asked, and the seconds after which it is not asked again


def lists() -> None:
    """Fill what the lists show, and ask each by everybody it is for; who may not open it is left out."""
    fill_the_rest()
    fill_own()
    for case in list_cases().values():
        with CaptureQueriesContext(connection) as captured:
            wrong = trouble(case, case.ask(), ())
            queries = len(captured)
        if not wrong:
            say(_asked(case, queries))


def _asked(case: Case, queries: int) -> Figure:
    """The median of some times; a file that takes long is asked for once."""
    taken: list[float] = []
    began = time.perf_counter()
    while not taken or (len(taken) < MOST and time.perf_counter() - began < ENOUGH):
        with seconds() as spent:
            case.ask()
        taken.append(spent() * 1000)
    what = case.key.removeprefix("GET ")
    return Figure(case.key, what, statistics.median(taken), "ms", max(taken), queries, f"{len(taken)} times")
