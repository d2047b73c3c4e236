"""What goes first: foreign counts, then the oldest windows, never a first sighting before them."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.shedding import Grade, Waiting, keep_dearest, to_shed
from edge_agent.spool import NewBatch, Spool
from tests.edge_agent.builders import a_batch

_waiting = st.lists(
    st.builds(
        Waiting, st.integers(1, 10**6), st.integers(1, 500), st.just(0), st.sampled_from(Grade)
    ),
    unique_by=lambda entry: entry.seq,
    max_size=40,
)


def graded(*grades: Grade) -> list[NewBatch]:
    return [a_batch()._replace(grade=grade) for grade in grades]


@given(_waiting, st.integers(-10, 10_000))
def test_nothing_dearer_goes_while_something_cheaper_stays(
    waiting: list[Waiting], excess_bytes: int
) -> None:
    shed = to_shed(waiting, excess_bytes=excess_bytes)
    kept = set(waiting) - set(shed)

    assert all((gone.grade, gone.seq) < (left.grade, left.seq) for gone in shed for left in kept)
    assert sum(entry.weight for entry in shed) >= excess_bytes or not kept
    assert sum(entry.weight for entry in shed[:-1]) < max(excess_bytes, 1)


def test_a_quota_costs_foreign_counts_then_windows_then_first_sightings(tmp_path: Path) -> None:
    with Spool(tmp_path / "edge.spool", max_bytes=1_000) as spool:
        spool.append(graded(Grade.FIRST, Grade.WINDOWS, Grade.FOREIGN, Grade.WINDOWS))
        spool.append(graded(Grade.FIRST, Grade.FIRST))
        room = len(spool)
        spool.append(graded(*[Grade.WINDOWS] * 9))

        kept = [batch.seq for batch in spool.read_after(0, most=99)]

    assert room < 6
    assert kept[:3] == [1, 5, 6]
    assert len(kept) + spool.given_up["full"] == 15


def test_new_windows_do_not_push_out_first_sightings(tmp_path: Path) -> None:
    with Spool(tmp_path / "edge.spool", max_bytes=1_000) as spool:
        spool.append(graded(*[Grade.FIRST] * 20))
        firsts = [batch.seq for batch in spool.read_after(0, most=99)]
        spool.append(graded(*[Grade.WINDOWS] * 5))

        assert [batch.seq for batch in spool.read_after(0, most=99)] == firsts
        assert spool.last_seq == 25


def test_what_waits_in_memory_is_shed_in_the_same_order() -> None:
    batches = graded(Grade.WINDOWS, Grade.FIRST, Grade.FOREIGN, Grade.WINDOWS)

    assert [batch.grade for batch in keep_dearest(batches, most=2)] == [Grade.FIRST, Grade.WINDOWS]
    assert keep_dearest(batches, most=9) == batches
