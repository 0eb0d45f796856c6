"""What became of a row: who changed what, when and why, read from the database's append-only history."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core.action import ACTS
from core.edits import ChangedMeanwhile, histories, marks_of
from ui.value_words import is_empty, name_of, words_of

MOST = 200  # events shown, the latest first
QUIET = (
    "id", "pinyin", "updated_at", "source_key", "client_key", "status_by", "status_at", "is_staff", "is_superuser",
    "last_login", "date_joined", "key",
)  # fmt: skip


def history_of(obj: models.Model) -> list[dict[str, Any]]:
    """The events of a row, the latest first: at, who, act, what, changes (label, before, after), reason."""
    events = list(_events(obj))
    fields = [field for field in obj._meta.concrete_fields if _is_kept(field, events)]
    names = _Names(events, fields)
    entries = []
    for at, event in enumerate(events):
        earlier = events[at + 1] if at + 1 < len(events) else None
        facts = event.pgh_context.metadata if event.pgh_context else {}
        entries.append(
            {
                "at": event.pgh_created_at,
                "who": names.person(facts),
                "act": _act(facts),
                "what": _what(event.pgh_label),
                "changes": _changes(event, earlier, fields, names),
                "reason": facts.get("reason") or facts.get("file") or "",
            }
        )
    return entries[:MOST]


def changed_meanwhile(refusal: ChangedMeanwhile) -> list[dict[str, Any]]:
    """What became of the row, and of the rows edited with it, since the version that was seen, the earliest first: at,
    who, what, thing (the row under it), changes."""
    marks = marks_of(refusal.seen)
    tables = list(histories(refusal.row._meta.model, refusal.row.pk))
    entries: list[dict[str, Any]] = []
    if len(marks) == len(tables):
        for mark, (model, rows) in zip(marks, tables, strict=True):
            entries += _entries_since(mark, model, rows, own=model is refusal.row._meta.model)
    return sorted(entries, key=lambda entry: entry["at"])


def _entries_since(mark: int, model: type[models.Model], rows: Any, *, own: bool) -> Iterable[dict[str, Any]]:
    """The events after the history row `mark`, each compared with the event before it of the same row."""
    later = list(rows.filter(pgh_id__gt=mark).select_related("pgh_context").order_by("pgh_id")[:MOST])
    last: dict[Any, Any] = {}
    for event in rows.filter(pgh_id__lte=mark, pgh_obj_id__in={event.pgh_obj_id for event in later}).order_by("pgh_id"):
        last[event.pgh_obj_id] = event
    fields = [field for field in model._meta.concrete_fields if _is_kept(field, later)]
    names = _Names([*last.values(), *later], fields)
    for event in later:
        facts = event.pgh_context.metadata if event.pgh_context else {}
        earlier, last[event.pgh_obj_id] = last.get(event.pgh_obj_id), event
        changes = [] if event.pgh_label == "delete" else _changes(event, earlier, fields, names)
        yield {
            "at": event.pgh_created_at,
            "who": names.person(facts),
            "what": _what(event.pgh_label),
            "thing": "" if own else f"{model._meta.verbose_name} “{_name_of(model, event)}”",
            "changes": changes if event.pgh_label == "update" else [],
        }


def _name_of(model: type[models.Model], event: Any) -> str:
    """The row as it was called at that event."""
    return str(model(**{field.attname: getattr(event, field.attname, None) for field in model._meta.concrete_fields}))


def _events(obj: models.Model) -> Iterable[Any]:
    events: Any = getattr(obj, "events", None)
    return events.select_related("pgh_context").order_by("-pgh_id")[: MOST + 1] if events is not None else []


def _is_kept(field: Any, events: Sequence[Any]) -> bool:
    return bool(events) and hasattr(events[0], field.attname) and field.name not in QUIET


def _act(facts: dict[str, Any]) -> str:
    """The action in words; nothing for what was written before actions had names of their own."""
    return str(ACTS.get(str(facts.get("act", "")).rpartition(".")[2], ""))


def _what(label: str) -> str:
    return {"insert": _("written"), "update": _("changed"), "delete": _("deleted")}.get(label, label)


def _changes(event: Any, earlier: Any, fields: Sequence[Any], names: "_Names") -> list[dict[str, str]]:
    """The fields that differ from the event before; of the first event those that say something."""
    rows = []
    for field in fields:
        after = getattr(event, field.attname)
        before = getattr(earlier, field.attname) if earlier is not None else None
        if after == before or (earlier is None and is_empty(after)):
            continue
        if isinstance(before, dict) and isinstance(after, dict):  # of a record the parts that differ
            apart = {name for name in {*before, *after} if before.get(name) != after.get(name)}
            before, after = ({name: each[name] for name in each if name in apart} for each in (before, after))
        said = names.word(field, before) if earlier is not None else "", names.word(field, after)
        if said[0] != said[1]:  # what differs in a part that is not for readers says nothing
            rows.append({"label": str(capfirst(field.verbose_name)), "before": said[0], "after": said[1]})
    return rows


class _Names:
    """Names of the people and rows the events point to, read once for all."""

    def __init__(self, events: Sequence[Any], fields: Sequence[Any]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for event in events:
            facts = event.pgh_context.metadata if event.pgh_context else {}
            wanted[User] |= {facts.get("by"), facts.get("user")} - {None}
            for field in fields:
                if field.is_relation:
                    wanted[field.related_model].add(getattr(event, field.attname))
        self.rows = {
            model: {row.pk: name_of(row) for row in model._default_manager.filter(pk__in=keys - {None})}
            for model, keys in wanted.items()
            if keys - {None}
        }

    def person(self, facts: dict[str, Any]) -> str:
        """Who acted, marked if it is a program; a command or the schedule where no account acted."""
        key = facts.get("by") or facts.get("user")
        if key is not None:
            name = self.rows.get(User, {}).get(key, "")
            return _("%(name)s (program)") % {"name": name} if facts.get("who") == "program" else name
        command, name = str(facts.get("address", "")).partition(" ")[::2]
        if command == "command":
            return _("command %(name)s") % {"name": name}
        return _("the calendar") if "act" in facts else ""

    def word(self, field: Any, value: Any) -> str:
        """A value as people read it."""
        if field.is_relation and value is not None:
            return self.rows.get(field.related_model, {}).get(value, _("a row that was deleted"))
        return words_of(field, value)
