"""Decoding raw advertising data, beside beacontools and TheengsDecoder in the same run.

    python -m benchmarks.edge_decode [--adverts FILE] [--seed 1] [--rounds 60]

One core, 20,000 distinct payloads. `--adverts` reads a JSON list of [kind, address, AD hex, RSSI]
instead. TheengsDecoder gets its JSON documents ready made, so only decoding is timed.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import beacontools

from benchmarks.advert_mix import as_adverts, distinct_payloads, read_payloads
from benchmarks.pacing import rates
from benchmarks.theengs import decode_all, theengs_question
from proximity_wire.frames import decode_advert

# The peers are slow enough that a part of the mix says the same.
_PEER_SAMPLE = 1000


def ours(payloads: Sequence[bytes]) -> None:
    """Decode each of `payloads`."""
    for ad in payloads:
        decode_advert(ad)


def beacontools_all(payloads: Sequence[bytes]) -> None:
    """Decode each of `payloads` with beacontools."""
    for ad in payloads:
        beacontools.parse_packet(ad)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--adverts", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    payloads = (
        read_payloads(chosen.adverts) if chosen.adverts else distinct_payloads(seed=chosen.seed)
    )
    sample = payloads[:_PEER_SAMPLE]
    questions = [
        json.dumps(theengs_question(advert)) for advert in as_adverts(sample, seed=1, per_s=1000)
    ]
    peers = rates({"beacontools": (beacontools_all, sample)}, rounds=3)
    peers |= rates({"TheengsDecoder": (decode_all, questions)}, rounds=3)
    own = rates({"decode_advert": (ours, payloads)}, rounds=chosen.rounds)["decode_advert"]
    known = sum(decode_advert(ad) is not None for ad in payloads)
    print(f"payloads: {len(payloads)}, distinct: {len(set(payloads))}, recognised: {known}")
    print(f"decode_advert: {own:,.0f} adverts/s (bar 1,000,000)")
    for name, bar in (("beacontools", 50), ("TheengsDecoder", 500)):
        print(f"{name}: {peers[name]:,.0f} adverts/s; ratio {own / peers[name]:,.0f} (bar {bar})")


if __name__ == "__main__":
    main()
