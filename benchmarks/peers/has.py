"""Whether this interpreter has a module: `has.py MODULE` ends with 0 or 1."""

import sys
from importlib.util import find_spec

sys.exit(find_spec(sys.argv[1]) is None)
