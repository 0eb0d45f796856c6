"""`python -m probe`: inside a checkout, fills what its bench leaves empty, then answers what it is asked on its input.

Each line of input is a command, each line of output its answer, both JSON: {"do": "rows"}, {"do": "work", "what": …},
{"do": "cases"}, {"do": "warm", "key": …}, {"do": "ask", "key": …, "times": …}.
"""

import json
import os
import sys
from typing import Any

import django


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "talentlink.settings")
    django.setup()
    from .serving import Server  # noqa: PLC0415  models can be named only now

    server = Server()
    # What the checkout itself prints must not stand among the answers.
    out, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        answer: Any = server.answer(json.loads(line))
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()


main()
