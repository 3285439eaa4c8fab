"""A question for proof, wherever one is asked."""

from typing import Any

from domain.proof import proves


def with_proof(files: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """A voice note or a place alone shows nothing."""
    if not proves(files):
        raise ValueError("form.error.no_proof")
    return files
