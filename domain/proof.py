"""What shows that something was done: a photo, a film or a file. Pure.

A voice note is somebody's word and a place is where somebody stood; both are kept as evidence beside it, and neither shows the work
(mission: closing needs evidence; seed S, 二(二): what is checked is what stands on site).
"""

from collections.abc import Iterable, Mapping
from typing import Any

PROVES = ("photo", "document", "video")


def proves(files: Iterable[Mapping[str, Any]] | None) -> bool:
    """Whether any of a form's files (`{kind, …}`) shows it."""
    return any(file["kind"] in PROVES for file in files or ())
