"""Which colour a status wears: one table, so that no page decides about colours.

idle: nothing is asked of anyone · wait: someone has to act · live: under way · good: done as promised · bad: wrong.
"""

TONES: dict[str, str] = {}

for _tone, _values in {
    "idle": "draft withdrawn expired cancelled declined archived inactive waived exempt stopped unsolved lapsed none skipped "
    "not_due planned closed superseded",
    "wait": "submitted returned offered pending waiting awaiting logged asked requested preparing queued due behind at_risk "
    "partial reported warned basically_qualified proposed placed appealed hearing unconfirmed expiring open_to_order",
    "live": "published open ordered forwarded dispatched in_service active running current started approved collecting",
    "good": "solved completed accepted confirmed met done paid granted eligible settled signed verified passed excellent good "
    "qualified decided visited sent read receipted valid succeeded chosen",
    "bad": "rejected refused disputed failed missed unmet not_met overdue ineligible unqualified invalid error locked_out",
}.items():
    TONES.update(dict.fromkeys(_values.split(), _tone))

# The same word can mean different things: "<model>.<value>" goes before "<value>".
TONES.update({"visit.submitted": "wait", "batch.closed": "idle", "period.closed": "good", "job.cancelled": "idle"})


def tone_of(value: str, model: str = "") -> str:
    """The tone of a status value; an unknown one stays quiet."""
    return TONES.get(f"{model}.{value}") or TONES.get(value, "idle")
