"""Campaigns start and end by the clock: a flow of the timetable. Safe to run twice."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.follow_catalogue import follow_catalogue
from store_server.flows.keep_campaign import campaign_now
from store_server.flows.keep_experiment import end_experiments
from store_server.flows.move_campaign import by_the_clock
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.lifecycle import due_move


def turn_campaigns(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> int:
    """Start and end those whose time has come, and end experiments; how many.

    Others' changes are taken in first.
    """
    follow_catalogue(uow, rooms, now=now)
    due = [one for one in uow.live.catalogue.campaigns.values() if due_move(one, now) is not None]
    turned = end_experiments(uow, rooms, now=now)
    for campaign in due:
        # Another server may have been quicker: what stands in the database counts.
        stands = campaign_now(uow, rooms, campaign.id) or campaign
        turned += by_the_clock(uow, rooms, now=now, campaign=stands).state is not stands.state
    return turned
