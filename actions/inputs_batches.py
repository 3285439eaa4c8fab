"""What the actions on orders to many take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OnBatch:
    """A button of an order's card. `which` narrows its list (an index of `domain.batches.ORDER`, from 1; 0 is all).

    `until` (ms): what was handed in by then is meant.
    """

    batch: int
    which: int = 0
    page: int = 0
    pressed: int | None = None
    until: int | None = None
