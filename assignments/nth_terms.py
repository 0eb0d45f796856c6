"""Which term of a doctor in a programme a service is: rules can ask for it, before an act and in every verdict."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from assignments.models import Assignment, served_last
from experts.models import Doctor
from programmes.models import Batch


class Begins(NamedTuple):
    """A service of a doctor: its programme and its batch by key, the first day of the batch, and the day it begins."""

    doctor: int
    programme: int
    batch: int
    batch_starts_on: date
    on: date


def nth_terms(asked: Mapping[int, Begins]) -> dict[int, int]:
    """Which term each service is, by one query: one more than the rounds in which the doctor served before. Several
    hosts in one round are one term."""
    rows = Assignment.objects.filter(doctor__in={each.doctor for each in asked.values()}).begun()
    columns = ("doctor_id", "batch__programme_id", "batch_id", "batch__starts_on")
    served = list(rows.annotate(last=served_last()).order_by().values_list(*columns, "last"))
    found = {}
    for key, each in asked.items():
        mine = [row for row in served if row[:2] == (each.doctor, each.programme)]
        before = {
            batch
            for *_whose, batch, starts_on, last in mine
            if starts_on < each.batch_starts_on or (batch == each.batch and last < each.on)
        }
        found[key] = 1 + len(before)
    return found


def nth_of(doctor: Doctor, batch: Batch, on: date) -> int:
    """Which term of the doctor in the programme a service of this batch is that begins on a day."""
    return nth_terms({0: Begins(doctor.pk, batch.programme_id, batch.pk, batch.starts_on, on)})[0]
