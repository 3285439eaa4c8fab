"""What regions are called: told apart where two share a name, and found as people type them. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.regime_parts import Name, Region
from domain.words import fold


@dataclass(frozen=True)
class PlaceNames:
    """The names of a regime's regions. The city that stands before a county is the one it belongs to last: names are only shown."""

    regions: Sequence[Region]

    def shown(self, code: str) -> Name:
        """With its city where another region has the same name: nobody could tell two 市中区 apart. Each language for itself."""
        return self._shown[code]

    def own(self, code: str) -> tuple[str, ...]:
        """As people type it by itself."""
        region = self._by_id[code]
        return (region.name.zh, region.name.en, *region.aliases)

    def full(self, code: str) -> tuple[str, ...]:
        """As people type it together with its city; nothing for a region that has none above it."""
        above = self._above(self._by_id[code])
        if above is None:
            return ()
        fronts, own = self.own(above.id), self.own(code)
        return (*(front + name for front in fronts for name in own), *(f"{name}, {front}" for front in fronts for name in own))

    def find(self, words: str) -> tuple[str, ...]:
        """Codes of the regions that are called so; those called so with their city only where none has the bare name."""
        folded = fold(words)
        return tuple(self._index.get(folded) or self._full_index.get(folded) or ())

    @cached_property
    def _by_id(self) -> dict[str, Region]:
        return {region.id: region for region in self.regions}

    @cached_property
    def _shown(self) -> dict[str, Name]:
        zh, en = (Counter(names) for names in zip(*((each.name.zh, each.name.en) for each in self.regions), strict=True))
        found = {}
        for region in self.regions:
            name, above = region.name, self._above(region)
            if above is not None:
                name = Name(
                    zh=above.name.zh + name.zh if zh[name.zh] > 1 else name.zh,
                    en=f"{name.en}, {above.name.en}" if en[name.en] > 1 else name.en,
                )
            found[region.id] = name
        return found

    @cached_property
    def _index(self) -> dict[str, list[str]]:
        return _index((region.id, (region.id, *self.own(region.id))) for region in self.regions)

    @cached_property
    def _full_index(self) -> dict[str, list[str]]:
        return _index((region.id, self.full(region.id)) for region in self.regions)

    def _above(self, region: Region) -> Region | None:
        last = max(region.parents, key=lambda parent: parent.since, default=None)
        return None if last is None else self._by_id.get(last.id)


def _index(spellings: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, words in spellings:
        for word in {fold(each) for each in words}:
            found.setdefault(word, []).append(code)
    return found
