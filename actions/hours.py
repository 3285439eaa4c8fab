"""When people are told: quiet hours and their own time of day move a message, never the mark that it speaks of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from domain.slots import say_at, widened
from storage import notices
from storage.tx import Tx

Alike = tuple[str, str | None, str | None, bool, bool]


@dataclass(frozen=True)
class Hours:
    """Of some people, read at once; the instant is worked out once for all who want the same."""

    tx: Tx
    own: Mapping[int, str]  # the time of day of the digest
    quiets: Mapping[int, str]
    _found: dict[Alike, int] = field(default_factory=dict)

    @classmethod
    async def of(cls, tx: Tx, people: Iterable[int]) -> "Hours":
        those = sorted(set(people))
        return cls(tx, await notices.own_times(tx, those), await notices.own_quiets(tx, those))

    def say_at(self, person: int, regime: str, *, exact: bool = False, urgent: bool = False) -> int:
        """When something that fires now is said to this person."""
        own, quiet = self.own.get(person), self.quiets.get(person)
        alike = (regime, own, quiet, exact, urgent)
        if alike not in self._found:
            ruled = widened(self.tx.world.regime(regime).quiet, quiet)
            self._found[alike] = say_at(self.tx.now, ruled, own, exact=exact, urgent=urgent)
        return self._found[alike]
