"""A worker that takes five claims at a time and pauses inside each transaction, so that a test can strike there."""

import time

import django

django.setup()

from celery.__main__ import main  # noqa: E402  the app's settings come first

from expenses.services import escalation  # noqa: E402

PAUSE = 0.4
escalation.BATCH = 5
_climb = escalation._climb


def _climb_and_pause(*args, **kwargs):
    done = _climb(*args, **kwargs)
    time.sleep(PAUSE)
    return done


escalation._climb = _climb_and_pause

if __name__ == "__main__":
    main()
