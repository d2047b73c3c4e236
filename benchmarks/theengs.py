"""TheengsDecoder as a gateway calls it: one JSON document an advert, in and out."""

import json
from collections.abc import Sequence

import TheengsDecoder

from edge_agent.advert import Advert
from proximity_wire.frames.ad_structures import MANUFACTURER, SERVICE_DATA_16, split


def theengs_question(advert: Advert) -> dict[str, object]:
    """What Theengs Gateway asks its decoder about an advert: hex of what the scanner took apart."""
    asked: dict[str, object] = {"id": advert.address, "rssi": advert.rssi_dbm}
    for ad_type, data in split(advert.ad):
        if ad_type == MANUFACTURER:
            asked["manufacturerdata"] = data.hex()
        elif ad_type == SERVICE_DATA_16:
            asked["servicedatauuid"] = data[1::-1].hex()
            asked["servicedata"] = data[2:].hex()
    return asked


def decode_all(questions: Sequence[str]) -> None:
    """Decode each of `questions`, JSON documents made before."""
    for question in questions:
        TheengsDecoder.decodeBLE(question)


def theengs_loop(adverts: Sequence[Advert]) -> list[str]:
    """One JSON message for each advert: taken apart, decoded, and encoded with what was found."""
    messages = []
    for advert in adverts:
        asked = theengs_question(advert)
        found = TheengsDecoder.decodeBLE(json.dumps(asked))
        messages.append(json.dumps(asked | json.loads(found) if found else asked))
    return messages
