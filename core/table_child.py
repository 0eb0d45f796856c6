"""`python -m core.table_child`: reads one table within limits of memory and time, and writes it as JSON.

The process loads no Django. It ends with the process that asked for the table.
"""

import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from signal import SIGKILL
from typing import Any

from officedata.tables import TableError
from officedata.tables.reading import read_table
from supervisor.process import tie


def main() -> None:
    asked = json.load(sys.stdin)
    tie(asked["parent"], SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (asked["seconds"], asked["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(answer(asked), sys.stdout)


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The table, or the error that says why the file gives none."""
    path = Path(asked["file"])
    try:
        table = read_table(path, asked["wanted"], required=asked["required"], fill=asked["fill"])
        return {"table": asdict(table)}
    except TableError as error:
        return {"code": error.code, "params": error.params}
    except MemoryError:
        return {"code": "too_heavy", "params": {"file": path.name}}
    except BaseException as error:
        # The reader is not ours, and what it panics at is a damaged file.
        if type(error).__name__ not in ("PanicException", "CalamineError", "XmlError", "ValueError", "IndexError"):
            raise
        return {"code": "damaged", "params": {"file": path.name}}


if __name__ == "__main__":
    main()
