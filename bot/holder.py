"""Who holds a lease: host, process and a random part, so that the next start knows a predecessor that died on this machine.

Without that a restart after a kill would stay dumb until the dead process's lease runs out.
"""

import os
import secrets
import socket


def new_holder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def is_dead(holder: str, mine: str) -> bool:
    """Whether the process behind `holder` surely runs no more. One on another host, or unknown: not surely."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if holder == mine or host != mine.rsplit(":", 2)[0] or not rest.isdigit():
        return False
    if int(rest) == os.getpid():
        return True  # a container's first process has the same number after each restart
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
