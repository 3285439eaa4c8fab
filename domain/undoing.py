"""Taking back one's last press: for two minutes, by the seat that pressed, while it is still the last thing that happened. Pure."""

from collections.abc import Collection

WINDOW = 2 * 60_000  # ms of business time


def lapses(now: int) -> int:
    """When what was pressed now can be taken back no more."""
    return now + WINDOW


def can_undo(*, kind: str, wanted: str, author: int | None, seats: Collection[int], at: int, now: int) -> bool:
    """`kind`, `author` and `at` are those of the matter's last entry; anything entered after it depends on it."""
    return kind == wanted and author in seats and at <= now < at + WINDOW
