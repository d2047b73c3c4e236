"""Decisions in the database, and what they stand on."""

from store_server.decisions.repository.decision_log import DecisionRepository
from store_server.decisions.repository.dismissals import DismissalRepository
from store_server.decisions.repository.experiment_units import (
    ExperimentUnitRepository,
    GivenArm,
)
from store_server.decisions.repository.grounds import GroundRepository
from store_server.decisions.repository.lessons import LessonRepository
from store_server.decisions.repository.pools import PoolRepository
from store_server.decisions.repository.pull_answers import PullAnswerRepository
from store_server.decisions.repository.put_forward import PutForwardRepository
from store_server.decisions.repository.switches import SwitchRepository
from store_server.decisions.repository.visit_names import VisitNameRepository

__all__ = [
    "DecisionRepository",
    "DismissalRepository",
    "ExperimentUnitRepository",
    "GivenArm",
    "GroundRepository",
    "LessonRepository",
    "PoolRepository",
    "PullAnswerRepository",
    "PutForwardRepository",
    "SwitchRepository",
    "VisitNameRepository",
]
