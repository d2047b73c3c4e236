"""What only a store itself makes - coupons, notifications, tasks - for the fuzzing of its API."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.outbox_kills import ANN, Store
from store_server.database import unit_of_work
from store_server.decisions.repository import DecisionRepository
from store_server.first_run import Secrets
from store_server.ids import CampaignId, OfferId, ShopperId, ZoneId
from store_server.outbox.notification import notification_id
from store_server.outbox.repository import StaffTaskRepository
from store_server.outbox.staff_task import StaffTask, task_id
from store_server.redemptions.coupon_code import new_code
from store_server.redemptions.repository import CouponRepository
from tests.faults.shop import HERE
from tests.store_server.outbox.builders import a_decision

Json = dict[str, Any]
Values = dict[str, Any]
A_DAY = timedelta(days=1)


class Objects:
    """Writes into the database of a running store, and says how requests name what is there."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._numbers = itertools.count(1)

    def coupon(self) -> str:
        """The code of a fresh coupon of the shopper."""
        number, now = next(self._numbers), datetime.now(UTC)
        key = Secrets(self._store.state).coupon_secrets()[0]
        code = new_code(random.Random(number), key=key)
        with unit_of_work(self._store.database.write, None) as uow:
            CouponRepository(uow.session, HERE).issue(
                code,
                shopper=ANN,
                offer=OfferId("bread"),
                campaign=CampaignId("bread-left"),
                decision=f"fuzz-{number}",
                face_value_minor=50,
                issued_at=now,
                expires_at=now + A_DAY,
                offer_version="v1",
                key=key,
            )
        return code

    def shown(self, **more: object) -> Values:
        """A coupon at a till of its own: one till's wrong guesses would lock it for the next."""
        till = f"till-{next(self._numbers)}"
        return {"path": {"code": self.coupon()}, "body": {"till": till, "shopper_id": ANN, **more}}

    def used(self) -> Values:
        """A coupon that a till uses up for a basket."""
        return self.shown(basket_id=f"used-{next(self._numbers)}", amount_minor=400)

    def dismissible(self) -> Values:
        """A decision whose offer was shown."""
        made = a_decision(f"fuzz{next(self._numbers)}", shopper=ANN)
        with unit_of_work(self._store.database.write, None) as uow:
            DecisionRepository(uow.session, HERE).add([made])
        return {"path": {"decision_id": made.id}, "body": {}}

    def notification(self) -> Values:
        """A notification that may still be told: of a shopper whom no example can have touched."""
        shopper = ShopperId(f"told-{next(self._numbers)}")
        self._store.agree(shopper)
        return self._queued(shopper)

    def opened(self) -> Values:
        """A notification that the shopper opens now."""
        return {**self._queued(ANN), "body": {}}

    def _queued(self, shopper: ShopperId) -> Values:
        name = f"note-{next(self._numbers)}"
        self._store.queue([name], lives=A_DAY, shopper=shopper)
        return {"path": {"notification_id": notification_id(name)}}

    def dead(self, endpoint: str) -> Values:
        """A delivery that was given up."""
        made = self.notification()
        with self._store.database.write.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE delivery SET state = 'dead' WHERE notification = ?",
                (made["path"]["notification_id"],),
            )
        return {"path": {**made["path"], "endpoint_id": endpoint}}

    def task(self) -> Values:
        """An open task of the staff."""
        decision, now = f"task-{next(self._numbers)}", datetime.now(UTC)
        task = StaffTask(
            task_id(decision),
            decision,
            CampaignId("bread-left"),
            ANN,
            ZoneId("right"),
            "Somebody waits at the bread",
            now,
            now + A_DAY,
        )
        with unit_of_work(self._store.database.write, None) as uow:
            StaffTaskRepository(uow.session, HERE).add([task])
        return {"path": {"task_id": task.id}}
