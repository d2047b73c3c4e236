"""The trace of a decision as JSON text, and back: arrays by position, to keep a row small."""

import json
from collections.abc import Iterable

import msgspec

from store_server.decisions.channel_choice import Because, ChannelMark
from store_server.decisions.decision import Candidate
from store_server.decisions.reason import Reason
from store_server.ids import CampaignId, OfferId
from store_server.offers.channel import ReadingChannel


def write_candidates(candidates: Iterable[Candidate]) -> str:
    """[campaign, offer, reason, value_minor, chance_with, chance_without] of each."""
    # A candidate is a tuple of just these: written as it is.
    return msgspec.json.encode(tuple(candidates)).decode()


def read_candidates(text: str) -> tuple[Candidate, ...]:
    """The candidates of `write_candidates`."""
    return tuple(
        Candidate(
            campaign=CampaignId(campaign),
            offer=OfferId(offer) if offer is not None else None,
            reason=Reason(reason) if reason is not None else None,
            value_minor=value_minor,
            chance_with=chance_with,
            chance_without=chance_without,
        )
        for campaign, offer, reason, value_minor, chance_with, chance_without in json.loads(text)
    )


def write_reasons(reasons: Iterable[Reason]) -> str:
    """A JSON list of reason codes."""
    return msgspec.json.encode(list(reasons)).decode()


def read_reasons(text: str) -> tuple[Reason, ...]:
    """The reasons of `write_reasons`."""
    return tuple(Reason(code) for code in json.loads(text))


def write_channels(marks: Iterable[ChannelMark]) -> str:
    """[channel, how often it is opened (bp), why it stands there] of each."""
    return msgspec.json.encode(list(marks)).decode()


def read_channels(text: str) -> tuple[ChannelMark, ...]:
    """The channels of `write_channels`."""
    return tuple(
        ChannelMark(ReadingChannel(name), rate, Because(why))
        for name, rate, why in json.loads(text)
    )


def write_variants(variants: Iterable[tuple[str, str]]) -> str:
    """[experiment, arm] of each."""
    return msgspec.json.encode(list(variants)).decode()


def read_variants(text: str) -> tuple[tuple[str, str], ...]:
    """The arms of `write_variants`."""
    return tuple((experiment, arm) for experiment, arm in json.loads(text))


def write_counts(counts: Iterable[tuple[Reason, int]]) -> str:
    """[reason, how many offers it refused] of each."""
    return msgspec.json.encode(list(counts)).decode()


def read_counts(text: str) -> tuple[tuple[Reason, int], ...]:
    """The counts of `write_counts`."""
    return tuple((Reason(code), number) for code, number in json.loads(text))
