"""`python -m supervisor start|manage|bench|backup|restore`: the programs in bin/ run this command."""

import os
import sys
from collections.abc import Sequence

from supervisor import backup, bench, manage, restore, start
from supervisor.given import given
from supervisor.trouble import Trouble, why

COMMANDS = {
    "start": start.main,
    "manage": manage.main,
    "bench": bench.main,
    "backup": backup.main,
    "restore": restore.main,
}


def main(arguments: Sequence[str]) -> int:
    try:
        return COMMANDS[arguments[0]](arguments[1:], given(os.environ))
    except Trouble as trouble:
        return trouble.show()
    except OSError as refusal:
        return refused(refusal).show()
    except KeyboardInterrupt:
        return 130


def refused(refusal: OSError) -> Trouble:
    """The trouble for an error of the operating system that no other code handles, such as a full disk or a file that
    belongs to another user."""
    what = why(refusal)
    return Trouble(
        f"the machine refused: {what}. The state folder must belong to the user who starts TalentLink, on a disk "
        "with room; nothing in it was thrown away.",
        f"系统拒绝操作：{what}。状态目录须归启动者所有，且磁盘须有剩余空间；其中的数据没有被删除。",
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
