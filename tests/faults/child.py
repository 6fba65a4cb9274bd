"""An act in a process of its own, forked from one that has loaded the portal: loading takes seconds, forking none.

It is a real process: it has its own connections, and it can be killed.
"""

import multiprocessing
import os
import traceback
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any
from unittest.mock import patch

PATIENCE = 270
_FORKS = multiprocessing.get_context("forkserver")


def load_portal(environment: dict[str, str]) -> None:
    """Start the process from which the others are forked, in an environment that says where its servers are."""
    _FORKS.set_forkserver_preload(["tests.faults.acts"])
    with patch.dict(os.environ, environment, clear=True):
        forkserver.ensure_running()


@dataclass
class Child:
    """An act under way."""

    process: ForkServerProcess
    answers: Connection

    def wait_until_inside(self) -> None:
        """Wait until the act has come to the middle of what it does."""
        assert self._next() == ("inside", None)

    def said(self) -> Any:
        """Wait for the end of the act and return what it says."""
        word, answer = self._next()
        while word == "inside":
            word, answer = self._next()
        self._end()
        assert word == "done", answer
        return answer

    def kill(self) -> None:
        """Kill the process as the kernel does when memory runs out: it gets no word in."""
        self.process.kill()
        self._end()

    def _next(self) -> tuple[str, Any]:
        assert self.answers.poll(PATIENCE), "The act says nothing."
        return self.answers.recv()

    def _end(self) -> None:
        self.process.join(30)
        self.process.close()
        self.answers.close()


def start(act: str, arguments: dict[str, Any]) -> Child:
    """Start an act of ``acts``."""
    answers, saying = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_perform, args=(saying, act, arguments))
    process.start()
    saying.close()
    return Child(process, answers)


def _perform(saying: Connection, act: str, arguments: dict[str, Any]) -> None:
    # In the process that has loaded the portal, and only there.
    from tests.faults import acts

    acts.say_inside = lambda: saying.send(("inside", None))
    try:
        saying.send(("done", acts.ACTS[act](**arguments)))
    except BaseException:
        saying.send(("failed", traceback.format_exc()))
        raise
