import tomllib
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.shop.floor_plan import PlanImage, Wall
from store_server.shop.plan_document import read_plan, write_plan
from store_server.shop.plan_toml import plan_toml
from tests.store_server.shop.builders import a_plan, a_store

NAMES = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=80)


@given(name=NAMES, x=st.floats(0, 20), loss_db=st.floats(0, 60))
def test_what_was_written_as_toml_is_the_same_plan(name: str, x: float, loss_db: float) -> None:
    entrance, bakery = a_plan().zones
    plan = replace(
        a_plan(),
        zones=(replace(entrance, name=name), bakery),
        walls=(Wall(((0, 0), (x, 5)), "glass", loss_db),),
        image=PlanImage(f"plan-{'0a' * 8}.png", 40, 20, 0.5),
    )

    text = plan_toml(write_plan(a_store(), plan))

    assert read_plan(tomllib.loads(text), where="plan.toml") == (a_store(), plan)
