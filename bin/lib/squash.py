"""Writes the first migration of every app anew from its models: squash.py

`migrate` from nothing runs these alone and takes a fraction of the time of the migrations they replace, because fields,
constraints, indexes and triggers inside CreateModel make Django render no state again. A database of a release goes on
with the migrations one after another, which therefore stay in the repository; tests/test_upgrade.py compares
both ways.

Run it when migrations were added and everything is merged; it writes the same files for the same code. What it does:

- An app's squashed migration has a CreateModel for each model, with the triggers of pghistory and pgtrigger among the
  options: pgtrigger's schema editor installs the triggers of a model when it creates its table. It replaces all other
  migrations of the app, and depends on the squashed ones of the apps it points to.
- What no model says is copied from the replaced migrations: extensions first, RunSQL last (indexes and
  constraints that Django cannot say; names of tables, not of apps). RunSQL and RunPython with `elidable=True` are left
  out: an empty database has no data to move. Other RunPython and unknown operations are refused, because nobody but
  their author knows whether an empty database needs them.
- A table that came from another app: CAME_FROM.
- Migrations that depend on a squashed one are rewritten to depend on the last one it replaced; else they would depend
  on what replaces them.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bin" / "lib")]

# The settings want to know where the servers are, as in every check; nothing is asked of them.
os.environ |= importlib.import_module("check").NOWHERE

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.postgres.operations import CreateExtension  # noqa: E402
from django.db import migrations  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.db.migrations.operations.base import Operation  # noqa: E402
from django.db.migrations.state import ModelState  # noqa: E402
from django.db.migrations.writer import MigrationWriter  # noqa: E402
from django.db.models import Model  # noqa: E402
from django.utils.translation import override  # noqa: E402
from pgtrigger.migrations import AddTrigger, RemoveTrigger  # noqa: E402

from accounts.migrations._create_models import CreateModels  # noqa: E402

Key = tuple[str, str]

# A table that another app made. The squashed migration of its app must not run on a database that has it, and Django
# leaves one out if some, but not all, of what it replaces is applied: so it also replaces one that only such databases
# have written down. It must have no file, else it would join the order of the others, and a cycle would arise.
CAME_FROM: dict[str, list[Key]] = {"assignments": [("matching", "0004_strength_of_a_planned_pair")]}
OF_MODELS = (
    *(migrations.CreateModel, migrations.DeleteModel, migrations.RenameModel, migrations.AlterModelOptions),
    *(migrations.AlterModelTable, migrations.AlterModelManagers, migrations.AlterUniqueTogether),
    *(migrations.AddField, migrations.AlterField, migrations.RemoveField, migrations.RenameField),
    *(migrations.AddIndex, migrations.RemoveIndex, migrations.RenameIndex),
    *(migrations.AddConstraint, migrations.RemoveConstraint, migrations.AlterConstraint),
    *(AddTrigger, RemoveTrigger, CreateModels),
)


class App:
    """One app of ours: its models, its migrations in order, and the squashed one."""

    def __init__(self, label: str, files: dict[Key, migrations.Migration]) -> None:
        self.label = label
        own = sorted(key for key, migration in files.items() if key[0] == label and not migration.replaces)
        self.replaces = CAME_FROM.get(label, []) + own
        self.old = [files[key] for key in self.replaces if key in files]
        # Django takes the number of the next migration from a name like this.
        self.key = (label, f"0001_squashed_{own[-1][1]}")

    def models(self) -> list[type[Model]]:
        return sorted(apps.get_app_config(self.label).get_models(), key=lambda model: model.__name__)

    def operations(self) -> list[Operation]:
        carried = [operation for migration in self.old for operation in beside_models(migration.operations)]
        first = [operation for operation in carried if isinstance(operation, CreateExtension)]
        last = [operation for operation in carried if not isinstance(operation, CreateExtension)]
        return [*first, CreateModels([create(model) for model in self.models()]), *last]

    def dependencies(self, ours: dict[str, "App"]) -> list[Key]:
        """The squashed migrations of the apps it points to, and the latest of other people's that were depended on."""
        pointed = {target._meta.app_label for model in self.models() for target in targets(model)}
        needed: set[Key] = {ours[label].key for label in pointed - {self.label} if label in ours}
        depended = sorted(key for migration in self.old for key in migration.dependencies)
        foreign = {label: name for label, name in depended if label not in ours and label != "__setting__"}
        return sorted(needed | {*foreign.items()})

    def migration(self, ours: dict[str, "App"]) -> migrations.Migration:
        said = {
            "initial": True,
            "replaces": self.replaces,
            "dependencies": self.dependencies(ours),
            "operations": self.operations(),
        }
        made: migrations.Migration = type("Migration", (migrations.Migration,), said)(self.key[1], self.label)
        return made


def targets(model: type[Model]) -> Iterator[type[Model]]:
    """The models it points to."""
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        if field.remote_field and isinstance(field.remote_field.model, type):
            yield field.remote_field.model


def create(model: type[Model]) -> migrations.CreateModel:
    state = ModelState.from_model(model)
    options = {name: value for name, value in state.options.items() if value != []}
    if triggers := options.pop("triggers", None):
        options["triggers"] = sorted((trigger.compile(model) for trigger in triggers), key=lambda one: str(one.name))
    return migrations.CreateModel(state.name, list(state.fields.items()), options, state.bases, state.managers)


def beside_models(operations: Iterable[Operation]) -> Iterator[Operation]:
    """What no model says, and an empty database needs nevertheless."""
    for operation in operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            yield from beside_models(operation.database_operations)
        elif isinstance(operation, OF_MODELS) or operation.elidable:
            continue
        elif isinstance(operation, migrations.RunSQL | CreateExtension):
            yield operation
        else:
            raise SystemExit(f"{operation!r} is not elidable: say what an empty database needs of it")


def last_replaced(squashed: Key, files: dict[Key, migrations.Migration]) -> Key:
    return max(key for key in files[squashed].replaces if key in files and key[0] == squashed[0])


def rewrite_dependencies(squashed: Key, last: Key) -> None:
    """Let migrations that were made after a squashed one depend on the last one it stood for."""
    depends_on = re.compile(rf"""['"]{squashed[0]}['"], ['"]{squashed[1]}['"]""")
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        text = path.read_text()
        rewritten = depends_on.sub(repr(last)[1:-1], text)
        if rewritten != text:
            path.write_text(rewritten)


def main() -> None:
    # Only read, not put in order: what depends on a squashed migration is set right below.
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    files: dict[Key, migrations.Migration] = loader.disk_migrations
    labels = [config.label for config in apps.get_app_configs() if (ROOT / config.label / "migrations").is_dir()]
    ours = {label: App(label, files) for label in labels}
    # In no language, as makemigrations does: the strings of the code, not their translations.
    with override(None):
        texts = {
            app.key: MigrationWriter(app.migration(ours), include_header=False).as_string() for app in ours.values()
        }
    for squashed in [key for key, migration in files.items() if key[0] in ours and migration.replaces]:
        rewrite_dependencies(squashed, last_replaced(squashed, files))
        place(squashed).unlink()
    for key, text in texts.items():
        place(key).write_text(text)
        print(place(key).relative_to(ROOT))


def place(key: Key) -> Path:
    return ROOT / key[0] / "migrations" / f"{key[1]}.py"


if __name__ == "__main__":
    main()
