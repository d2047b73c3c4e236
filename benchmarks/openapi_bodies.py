"""Honest bodies for the fuzzing of the API: see `openapi_seeds`."""

from store_server.database import Database, unit_of_work
from store_server.decisions.repository import DecisionRepository
from store_server.ids import ShopperId
from tests.faults.shop import HERE
from tests.store_server.outbox.builders import a_decision

CAMPAIGN = {
    "name": "Bread hour",
    "offers": ["bread"],
    "trigger": {"kind": "zone_dwell", "zone": "right", "dwell_s": 30},
    "hours": ["08:00", "21:00"],
    "state": "draft",
    "goal": "purchases",
    "smallest_effect_bp": 300,
    "ends_at": "2099-01-01T00:00:00Z",
}
EXPERIMENT = {
    "name": "Where it is read",
    "campaigns": ["bread-left"],
    "varies": [
        {"factor": "channel", "levels": [{"name": "push"}, {"name": "inbox", "value": "app"}]}
    ],
    "ends_at": "2099-01-01T00:00:00Z",
}
CONTACT = {"address": "ann@shop.example"}
KIND = {"purpose": "profile", "fields": [], "keep_days": 30}


def offered(database: Database, name: str, *, shopper: ShopperId) -> str:
    """The id of a fresh offered decision, which can be dismissed."""
    made = a_decision(name, shopper=shopper)
    with unit_of_work(database.write, None) as uow:
        DecisionRepository(uow.session, HERE).add([made])
    return made.id
