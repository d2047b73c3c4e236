"""From the source's callback to encoded batches, beside a gateway that forwards each advert.

    python -m benchmarks.edge_pipeline [--rounds 30] [--seed 1]

Ours: refuse implausible RSSI, decode, window per identity, close windows, encode batches. The
adverts come as a radio hands them over, in bursts, 5,000 a second of event time from 20,000
distinct payloads; each is heard three times, so windows gather something. Theirs: take the advert
apart, ask TheengsDecoder, one JSON message for each advert.
"""

import argparse
from collections.abc import Sequence

from benchmarks.advert_mix import START_MS, as_adverts, distinct_payloads
from benchmarks.pacing import rates
from benchmarks.theengs import theengs_loop
from edge_agent.advert import Advert
from edge_agent.batching import encode_rows
from edge_agent.hearing import Hearing
from edge_agent.windows import WindowTable

PER_S = 5_000
_HEARD = 3
_BURST = 50
_PEER_SAMPLE = 500


def heard_often(payloads: Sequence[bytes], *, times: int) -> list[bytes]:
    """Each second's payloads come `times` times in a row of seconds, as beacons repeat."""
    per_round = PER_S // times
    return [
        ad
        for start in range(0, len(payloads), per_round)
        for _ in range(times)
        for ad in payloads[start : start + per_round]
    ]


class Pipeline:
    """Hearing and batching as the agent drives them, without disk and broker."""

    def __init__(self) -> None:
        self.rows = self.batches = 0
        self.hearing = Hearing(WindowTable(window_ms=1000, forget_ms=10_000, most=20_000))

    def take(self, adverts: Sequence[Advert]) -> None:
        """Take `adverts` in bursts; windows are looked at twice a second."""
        if adverts[0].heard_at_ms <= START_MS:
            # Another round over the same times: what was known would seem to come back.
            self.hearing.start_again()
        for start in range(0, len(adverts), _BURST):
            burst = adverts[start : start + _BURST]
            rows = self.hearing.hear(burst)
            if start % (PER_S // 2) == 0:
                rows += self.hearing.advance(burst[0].heard_at_ms)
            if rows:
                self.rows += len(rows)
                self.batches += len(encode_rows(rows))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=30)
    chosen = parser.parse_args()
    payloads = heard_often(distinct_payloads(seed=chosen.seed), times=_HEARD)
    adverts = as_adverts(payloads, seed=chosen.seed, per_s=PER_S)
    peer = rates({"loop": (theengs_loop, adverts[:_PEER_SAMPLE])}, rounds=3)["loop"]
    pipeline = Pipeline()
    own = rates({"ours": (pipeline.take, adverts)}, rounds=chosen.rounds)["ours"]
    hearing = pipeline.hearing
    print(f"adverts: {hearing.adverts}, rows: {pipeline.rows}, batches: {pipeline.batches}")
    print(f"callback to encoded batch: {own:,.0f} adverts/s (bar 300,000)")
    print(f"Theengs-like loop: {peer:,.0f} adverts/s; ratio {own / peer:,.0f} (bar 200)")


if __name__ == "__main__":
    main()
