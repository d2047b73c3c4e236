"""The list of deliveries says by which channel each went, in the reader's language."""

from store_server.database import Database, unit_of_work
from store_server.outbox.repository import OutboxRepository
from tests.store_server.entrypoints.web_builders import HERE, WebStore
from tests.store_server.outbox.builders import a_notification


def test_a_delivery_by_a_channel_is_called_by_its_name(web: WebStore, database: Database) -> None:
    backend = web.client("backend")
    backend.post("/v1/webhook-endpoints", json={"url": "https://app.example/hooks"})
    with unit_of_work(database.write, None) as uow:
        notes = [
            a_notification("d-1", channel="email"),
            a_notification("d-2", channel="kiosk"),
            a_notification("d-3"),
        ]
        OutboxRepository(uow.session, HERE).add(notes)

    page = web.manager().get("/activity/deliveries").text

    for name in ("E-mail", "Kiosk", "https://app.example/hooks"):
        assert name in page
