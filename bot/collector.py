"""How often Python looks for cycles: seldom, once the program is up.

What a start has made (texts, regimes, forms, code) stays for good, and an answer leaves hardly a cycle behind. Looking through all of it
after every 700 objects took a sixth of the time of an answer.
"""

import gc

YOUNG = 10_000  # objects that are made before the young ones are looked through; 256 conversations under way hold several thousand


def spare() -> None:
    """Once, at the end of a start. Not in tests: what is frozen is never given back."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
