"""The door of pulls: gathers the questions of many apps, has them answered in rounds, in time.

While the writer is busy questions gather; when it comes to them it takes as many as fit and
answers them in one transaction with one commit. Under load a round is large and what it costs is
shared; alone a question waits for nobody. After a round of several the door rests for a moment
while more come in: those who were told at once ask again at once, and each round costs as much as
a dozen of its questions.

A question has a deadline. Until its round is sealed, right before the commit, it can be given up:
then the app is told to show its default experience, the round is rolled back, and the others are
answered without it. So what came too late was never decided: nothing is shown, counted or
reserved. From the seal on the answer is waited for, which takes one commit.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from store_server.errors import TooMany
from store_server.flows.answer_pull import PullGivenUp, answer_waiting
from store_server.flows.pull_answer import Answered, PullAnswer, PullAsked
from store_server.flows.rooms import StoreLive
from store_server.writer import Priority, Writer

# 64 decisions on 200 campaigns are about 20 ms of work: what a group of the writer may take.
ROUND_MOST = 64
# A question with less time left than the last round took would only have the next rolled back.
ROUND_LONGEST_S = 0.05
# A rest ends when this long nobody came; after so many of these in any case.
REST_S, RESTS_MOST = 0.002, 5
# A second of the server's work.
WAITING_MOST = 2_000

_Told = PullAnswer | Exception | None


class _Question:
    """One question on its way; `alone`: its round failed, so it gets one of its own."""

    __slots__ = ("alone", "asked", "future", "given_up", "loop", "patience_s", "sealed", "until_s")

    def __init__(
        self, asked: PullAsked, loop: asyncio.AbstractEventLoop, *, deadline_s: float
    ) -> None:
        self.asked, self.loop = asked, loop
        self.until_s = time.monotonic() + deadline_s
        self.patience_s = deadline_s / 2
        self.future: asyncio.Future[_Told] = loop.create_future()
        self.alone = self.given_up = self.sealed = False


class PullDoor:
    """Questions that wait for the writer. `ask` from any loop; the writer calls the rest."""

    def __init__(self, writer: Writer[StoreLive]) -> None:
        self._writer = writer
        self._lock = threading.Lock()
        self._waiting: deque[_Question] = deque()
        self._round: list[_Question] = []
        self._is_running = False
        self._rests_on: asyncio.AbstractEventLoop | None = None
        self._began_s = self._round_s = 0.0

    async def ask(self, asked: PullAsked, *, deadline_s: float) -> PullAnswer | None:
        """The answer after its commit; None when the deadline passed first.

        Raises:
            Refusal: it cannot be answered; `TooMany` when too many wait.
        """
        loop = asyncio.get_running_loop()
        question = _Question(asked, loop, deadline_s=deadline_s)
        with self._lock:
            if len(self._waiting) >= WAITING_MOST:
                raise TooMany("the server is busy; try again in a second", code="busy")
            self._waiting.append(question)
            # A loop that was to end the rest may be gone by now, and the rest with it.
            rests_on = self._rests_on
            begins = not self._is_running or (rests_on is not None and rests_on.is_closed())
            self._is_running = True
            self._rests_on = None if begins else rests_on
        if begins:
            self._submit()
        timer = loop.call_later(deadline_s, self._give_up, question)
        try:
            told = await question.future
        finally:
            timer.cancel()
        if isinstance(told, Exception):
            raise told
        return told

    def take(self) -> Sequence[PullAsked]:
        """The questions of the next round: of shoppers who differ, none of them over."""
        now_s = time.monotonic()
        taken: list[_Question] = []
        later: list[_Question] = []
        shoppers: set[str] = set()
        with self._lock:
            while self._waiting and len(taken) < ROUND_MOST:
                question = self._waiting.popleft()
                needed_s = min(self._round_s, question.patience_s)
                if question.given_up or question.until_s <= now_s + needed_s:
                    continue  # its own timer tells it
                if question.asked.shopper in shoppers or (question.alone and taken):
                    later.append(question)
                    if question.alone:
                        break
                    continue
                shoppers.add(question.asked.shopper)
                taken.append(question)
                if question.alone:
                    break
            self._waiting.extendleft(reversed(later))
            self._round, self._began_s = taken, now_s
        return [one.asked for one in taken]

    def seal(self) -> None:
        """From here on the round is answered.

        Raises:
            PullGivenUp: one of its questions was given up meanwhile.
        """
        with self._lock:
            if any(one.given_up for one in self._round):
                raise PullGivenUp
            for one in self._round:
                one.sealed = True
            self._round_s = min(time.monotonic() - self._began_s, ROUND_LONGEST_S)

    def _give_up(self, question: _Question) -> None:
        with self._lock:
            if question.sealed:
                return
            question.given_up = True
        if not question.future.done():
            question.future.set_result(None)

    def _submit(self) -> None:
        try:
            job = self._writer.submit_last(Priority.APP, answer_waiting, waiting=self)
        except TooMany as busy:
            with self._lock:
                refused, self._waiting = list(self._waiting), deque()
                self._is_running = False
            _tell([(one, busy) for one in refused])
            return
        job.add_done_callback(self._over)

    def _over(self, job: "Future[list[Answered]]") -> None:
        """A round is over: tell, and have the next one begun. Called on the writer's thread."""
        error = job.exception()
        told: list[tuple[_Question, _Told]] = []
        with self._lock:
            asked, self._round = self._round, []
            if error is None:
                told = list(zip(asked, job.result(), strict=True))
            else:
                told = self._again(asked, error)
            goes_on = self._is_running = bool(self._waiting)
            several = len(asked) > 1 and len(self._waiting) < ROUND_MOST
            if several and not asked[0].loop.is_closed():
                loop = self._rests_on = asked[0].loop
                loop.call_soon_threadsafe(self._rest, loop, 0, 0)
                self._is_running, goes_on = True, False
        _tell(told)
        if goes_on:
            self._submit()

    def _rest(self, loop: asyncio.AbstractEventLoop, before: int, rests: int) -> None:
        """Rest on as long as more came in; then begin, or be idle."""
        with self._lock:
            if self._rests_on is not loop:
                return
            number = len(self._waiting)
            if (not number or before < number < ROUND_MOST) and rests < RESTS_MOST:
                loop.call_later(REST_S, self._rest, loop, number, rests + 1)
                return
            self._rests_on = None
            self._is_running = number > 0
        if number:
            self._submit()

    def _again(
        self, asked: Sequence[_Question], error: BaseException
    ) -> list[tuple[_Question, _Told]]:
        """Nothing of the round was written: ask again, each alone where one of them may be why."""
        if len(asked) == 1 and not isinstance(error, PullGivenUp):
            return [(asked[0], _fault(error))]
        for one in asked:
            one.sealed = False
            one.alone = one.alone or not isinstance(error, PullGivenUp)
        self._waiting.extendleft(reversed(asked))
        return []


def _fault(error: BaseException) -> Exception:
    return error if isinstance(error, Exception) else RuntimeError("the writer has stopped")


def _tell(told: Sequence[tuple[_Question, _Told]]) -> None:
    """Wake each loop once for all of its questions."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[_Question, _Told]]] = {}
    for one in told:
        by_loop.setdefault(one[0].loop, []).append(one)
    for loop, mine in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_settle, mine)


def _settle(told: Sequence[tuple[_Question, _Told]]) -> None:
    for question, answer in told:
        if not question.future.done():
            question.future.set_result(answer)
