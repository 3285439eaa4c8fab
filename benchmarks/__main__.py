"""All benchmarks one after the other: figures as JSON lines on stdout, at the end a table on stderr.

Ends with 1 only where a benchmark broke; a missed goal is a figure like another (`"ok": false`).
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.frame import ROOT, Figure, say, table

# Every script of the folder but these.
FRAME = {"__init__", "__main__", "botapi", "frame", "gates", "load", "people", "product", "unstored"}


def main() -> int:
    wanted = [each for each in sys.argv[1:] if not each.startswith("-")]
    flags = [each for each in sys.argv[1:] if each.startswith("-")]
    found: list[Figure] = []
    begun = time.monotonic()
    broken = []
    for name in wanted or sorted({each.stem for each in Path(__file__).parent.glob("*.py")} - FRAME):
        say(f"· {name} ({time.strftime('%M:%S', time.gmtime(time.monotonic() - begun))})")
        with subprocess.Popen(  # noqa: S603  our own scripts
            [sys.executable, "-m", f"benchmarks.{name}", *flags], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            for line in running.stdout:
                sys.stdout.write(line)
                sys.stdout.flush()
                found.append(Figure(**json.loads(line)))
        if running.returncode:
            broken.append(name)
    say("\n" + table(found))
    notes = dict.fromkeys(each.note for each in found if each.note)
    say("\n".join(["", *notes]))
    if broken:
        say(f"broke: {', '.join(broken)}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
