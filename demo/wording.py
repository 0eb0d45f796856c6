"""What the round itself is called, and what the city's office writes."""

from dataclasses import dataclass

from demo.reading import read


@dataclass(frozen=True, slots=True)
class Wording:
    """`batch` and `survey` take `{year}`, `visitors` `{name}` and `{count}`."""

    programme: str
    purpose: str
    rule_set: str
    batch: str
    survey: str
    program_account: str
    administrator: str
    second_administrator: str
    second_operator: str
    auditor: str
    visitors: str
    return_of_survey: str
    return_of_new: str
    withdrawal: str
    order_remark: str
    reminder: str


WORDING: Wording = read("round", Wording)
