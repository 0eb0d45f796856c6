from typing import Any

from core.edges import EdgeCommand
from talentlink.access import matrix


class Command(EdgeCommand):
    help = "Prints the table of who sees and may do what (docs/access-matrix.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(matrix(), ending="")
