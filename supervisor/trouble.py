"""An obstacle told in plain words, once in English and once in Chinese."""

import sys

from supervisor.output import say


class Trouble(Exception):
    """Something the person at the keyboard has to know or do; shown without a traceback."""

    def __init__(self, english: str, chinese: str, *, status: int = 1) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese
        self.status = status

    def show(self) -> int:
        """Print both lines to stderr and hand back the exit status."""
        say(f"error: {self.english}\n错误：{self.chinese}", stream=sys.stderr)
        return self.status
