"""A decision made again from what it was made from, and whether it comes out the same."""

from dataclasses import dataclass, fields, replace

from store_server.decisions.asked import read_asked
from store_server.decisions.decide import decide
from store_server.decisions.decision import Decision
from store_server.decisions.ground import Documents, read_catalogue, read_policy
from store_server.ids import Scope


@dataclass(frozen=True, slots=True)
class Replay:
    """The decision as it stands and as it comes out now.

    differs: the fields that are not the same, bit for bit; none = the same. Latency is measured,
    not decided, and is no part of that.
    """

    stored: Decision
    again: Decision
    differs: tuple[str, ...]

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return not self.differs


def replay(stored: Decision, asked: str, documents: Documents, *, scope: Scope) -> Replay:
    """The decision, decided again.

    Args:
        stored: as it was written.
        asked: of `asked.write_asked`.
        documents: its policy, the list of its catalogue and the parts of that, by digest.
        scope: of the store.

    Raises:
        KeyError: a document is not there, or the rules ask the model for what they did not then.
        ValueError: the request is of a version that this server does not read.
    """
    found = read_asked(asked, stored, scope)
    again = decide(
        found.request,
        read_policy(found.policy, documents),
        catalogue=read_catalogue(found.catalogue, documents),
        purchases=found.taste,
        effects=found.effects,
    )
    if stored.offer_version is None:
        # Made before offers had versions: it names none, and is the same decision all the same.
        again = replace(again, offer_version=None)
    differs = tuple(
        one.name
        for one in fields(Decision)
        if one.compare and getattr(again, one.name) != getattr(stored, one.name)
    )
    return Replay(stored, again, differs)
