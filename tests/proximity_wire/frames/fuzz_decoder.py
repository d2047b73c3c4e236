"""Coverage-guided fuzzing of the decoder: `fuzz_decoder.py RUNS`; ends with 77 on an exception."""

import sys

import atheris

with atheris.instrument_imports(include=["proximity_wire.frames"]):
    from proximity_wire.frames import IdentityFrame, decode_advert
    from proximity_wire.frames.ad_structures import join, split


def one_input(ad: bytes) -> None:
    """What the gateway does with bytes from the air."""
    frame = decode_advert(ad)
    assert ad.startswith(join(split(ad)))
    if isinstance(frame, IdentityFrame):
        assert frame.kind
        assert frame.identity
        assert frame.measured_power_1m_dbm is None or -127 <= frame.measured_power_1m_dbm <= 20


if __name__ == "__main__":
    runs, *corpus = sys.argv[1:]
    atheris.Setup(
        [sys.argv[0], f"-atheris_runs={runs}", "-seed=1", "-max_len=64", *corpus], one_input
    )
    atheris.Fuzz()
