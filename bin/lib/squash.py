"""Writes the squashed migration of every app again from its models: squash.py

On an empty database `migrate` runs only the squashed migrations. They take much less time than the migrations they
replace, because Django does not render the state again for fields, constraints, indexes and triggers in CreateModel. A
database of a release runs the single migrations, so these stay in the repository. tests/test_upgrade.py compares both
ways.

Run it when migrations were added and all branches are merged; the same code gives the same files. What it does:

- An app's squashed migration has a CreateModel for each model, with the triggers of pghistory and pgtrigger among the
  options: pgtrigger's schema editor installs the triggers of a model when it creates its table. It replaces all other
  migrations of the app, and depends on the squashed migrations of the apps to which its models have foreign keys.
- Operations that no model contains are copied from the replaced migrations: extensions first, RunSQL last (for indexes
  and constraints that Django cannot express; it names tables, not apps). RunSQL and RunPython with `elidable=True` are
  left out: an empty database has no data to move. Other RunPython and unknown operations are refused, because only
  their author knows whether an empty database needs them.
- CAME_FROM names the tables that another app has made.
- Migrations that depend on a squashed migration are rewritten to depend on the last one that it replaced; otherwise
  they would depend on the migration that replaces them.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bin" / "lib")]

# The settings need the addresses of the servers, as in every check; nothing connects to them.
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

# The app that has a table now → a migration of the other app that made the table. The squashed migration must not run
# on a database that has the table. Django does not run it if some, but not all, of the replaced migrations are applied.
# So it also replaces this migration, which only such databases list as applied. The migration must have no file: Django
# would add the file to the order of migrations, and the dependencies would form a cycle.
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
    """One of our apps: its models, its migrations in order, and its squashed migration."""

    def __init__(self, label: str, files: dict[Key, migrations.Migration]) -> None:
        self.label = label
        own = sorted(key for key, migration in files.items() if key[0] == label and not migration.replaces)
        self.replaces = CAME_FROM.get(label, []) + own
        self.old = [files[key] for key in self.replaces if key in files]
        # Django takes the number of the next migration from the end of this name.
        self.key = (label, f"0001_squashed_{own[-1][1]}")

    def models(self) -> list[type[Model]]:
        return sorted(apps.get_app_config(self.label).get_models(), key=lambda model: model.__name__)

    def operations(self) -> list[Operation]:
        copied = [operation for migration in self.old for operation in beside_models(migration.operations)]
        first = [operation for operation in copied if isinstance(operation, CreateExtension)]
        last = [operation for operation in copied if not isinstance(operation, CreateExtension)]
        return [*first, CreateModels([create(model) for model in self.models()]), *last]

    def dependencies(self, ours: dict[str, "App"]) -> list[Key]:
        """The squashed migrations of the apps that its models refer to, and for each library the latest one needed."""
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
    """The models to which this model has foreign keys and many-to-many fields."""
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
    """The operations that no model contains and an empty database needs."""
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
    """Make the migrations that depend on a squashed migration depend on the last one that it replaced."""
    depends_on = re.compile(rf"""['"]{squashed[0]}['"], ['"]{squashed[1]}['"]""")
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        text = path.read_text()
        rewritten = depends_on.sub(repr(last)[1:-1], text)
        if rewritten != text:
            path.write_text(rewritten)


def main() -> None:
    # Only read the files; no graph is made, because dependencies on squashed migrations are rewritten below.
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    files: dict[Key, migrations.Migration] = loader.disk_migrations
    labels = [config.label for config in apps.get_app_configs() if (ROOT / config.label / "migrations").is_dir()]
    ours = {label: App(label, files) for label in labels}
    # With no language, as in makemigrations, so that strings are written as in the code, not translated.
    with override(None):
        texts = {
            app.key: MigrationWriter(app.migration(ours), include_header=False).as_string() for app in ours.values()
        }
    for squashed in [key for key, migration in files.items() if key[0] in ours and migration.replaces]:
        rewrite_dependencies(squashed, last_replaced(squashed, files))
        file_of(squashed).unlink()
    for key, text in texts.items():
        file_of(key).write_text(text)
        print(file_of(key).relative_to(ROOT))


def file_of(key: Key) -> Path:
    return ROOT / key[0] / "migrations" / f"{key[1]}.py"


if __name__ == "__main__":
    main()
