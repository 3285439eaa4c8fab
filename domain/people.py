"""Who acts: a person, the seats (appointments) held now, and the seat they act on."""

from dataclasses import dataclass, field, replace

from domain.speech import To


@dataclass(frozen=True)
class Seat:
    """An appointment that is in force: a role with a scope in one regime. Duties belong to seats, not to people."""

    id: int
    regime: str
    role: str
    rights: str  # the regime's role says which row of domain/permissions.py it is
    scope_kind: str  # province | region | group | unit | enterprise
    scope: str
    holder: str
    person: int | None = None
    unit: str | None = None
    account: int | None = None  # the person's Telegram account, where they have joined
    language: str = "zh"
    sitter: int | None = None  # whose seat it is while somebody acts for that person: then `person` and `account` are the deputy's
    deputy: str = ""  # the name of whoever acts

    @property
    def people(self) -> frozenset[int]:
        """Everybody to whom the seat belongs now: its holder, and whoever acts for them."""
        return frozenset(each for each in (self.person, self.sitter) if each is not None)

    def to(self) -> To | None:
        """Where this seat is reached, if anybody sits on it."""
        return None if self.account is None else To(self.account, self.person, self.language, self.regime)


@dataclass(frozen=True)
class Actor:
    """Whoever sent the update. A stranger (or a complainant) has no person and no seats."""

    account: int
    language: str
    lane: str
    person: int | None = None
    name: str = ""
    seats: tuple[Seat, ...] = ()
    unreachable: bool = False  # as far as was known before this update
    acting: Seat | None = field(default=None)
    commands: str = ""  # what Telegram's list in their chat was made from (`actions/commands.py`)

    @property
    def seat(self) -> Seat:
        """The seat that the permission table found for this action."""
        if self.acting is None:
            raise LookupError("this action was not authorised for a seat")
        return self.acting

    def to(self) -> To:
        return To(self.account, self.person, self.language, "" if self.acting is None else self.acting.regime)

    def on(self, seat: Seat) -> "Actor":
        return replace(self, acting=seat)
