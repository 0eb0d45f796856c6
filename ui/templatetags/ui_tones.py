"""The colour of each status: one table, so that no page chooses colours itself.

idle: nothing is asked of anyone · wait: someone has to act · live: under way · good: done as promised · bad: wrong.
"""

_WORDS = {
    "idle": """draft withdrawn expired cancelled declined refused rejected inactive waived exempt stopped unsolved
        closed planned weak""",
    "wait": """submitted returned offered placed pending waiting logged disputed asked preparing queued due behind
        warning expiring appealed unsure basically_qualified proposed""",
    "live": "published open ordered dispatched in_service active running sending on_track fair approved",
    "good": """sent solved settled completed accepted confirmed met done ahead paid granted eligible chosen signed
        visited strong excellent good qualified""",
    "bad": "failed missed not_met lost overdue ineligible unqualified invalid",
}

TONES = {value: tone for tone, values in _WORDS.items() for value in values.split()}

# The same word can mean different things: "<model>.<value>" goes before "<value>".
TONES |= {"period.closed": "good"}


MESSAGES = {"error": "bad", "warning": "wait", "success": "good"}


def message_tone(level: str) -> str:
    """The tone of a message by Django's tag of its level."""
    return MESSAGES.get(level, "live")


def tone_of(value: str, model: str = "") -> str:
    """The tone of a status value; an unknown value has the tone "idle"."""
    return TONES.get(f"{model}.{value}") or TONES.get(value, "idle")
