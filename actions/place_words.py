"""What is answered to a place's name that several places have."""

from domain.outcome import Refusal
from domain.regime import Regime
from domain.speech import lines, term

WORDS = 40  # characters of what was typed


def several(regime: Regime, words: str) -> Refusal | None:
    """Names them, each with its city; None where the words name one place, or none."""
    found = regime.places.find(words)
    if len(found) < 2:
        return None
    return Refusal("place_several", {"words": words[:WORDS], "places": lines([term(regime.id, "region", code) for code in found], "、")})
