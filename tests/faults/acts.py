"""What the processes of these tests do; ``child`` starts them. Each returns what came of it."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

django.setup()

from django.core.exceptions import PermissionDenied  # noqa: E402  the app's settings come first
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from expenses import services, tasks  # noqa: E402
from expenses.enums import ClaimStatus, ExportFormat, LineAction  # noqa: E402
from expenses.models import Claim, ClaimEvent, Escalation, PaymentRun, RunExport, RunLine  # noqa: E402
from expenses.policies import escalation as ladder  # noqa: E402
from expenses.policies import states  # noqa: E402
from psp_portal.accounts.models import User  # noqa: E402
from psp_portal.audit.models import AccessLog  # noqa: E402
from psp_portal.dates import local_date  # noqa: E402
from psp_portal.exceptions import RuleBroken  # noqa: E402
from psp_portal.notifications.models import Message  # noqa: E402
from psp_portal.notifications.tasks import retry_unsent  # noqa: E402
from tests import factories  # noqa: E402
from tests.expenses.paying import give_account, take_files  # noqa: E402
from tests.expenses.world import World, make_world  # noqa: E402

ROUNDS = 50


def say_inside() -> None:
    """Tell whoever waits that the act is in the middle of what it does; ``child`` puts the real one here."""


# --- making --------------------------------------------------------------------------------------
def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def overdue(claims: int) -> list[str]:
    """Send claims that are overdue by today, each waiting for a decision; tell nobody of it yet."""
    world = make_world()
    made = [str(world.sent().pk) for _ in range(claims)]
    # The letters of making are not what is tested.
    Message.objects.update(sent_at=timezone.now(), handed_over_at=timezone.now())
    return made


def draft() -> dict[str, str]:
    """Return a draft and whose it is."""
    world = make_world()
    return {"claim": str(world.draft().pk), "person": str(world.person.pk)}


def letters(count: int) -> None:
    """Write messages that wait for a worker, as a page does: after the commit they are handed to it."""
    from django.db import transaction

    from psp_portal.notifications import outbox

    person = factories.make_user()
    with transaction.atomic():
        outbox.queue(
            [
                outbox.Letter(
                    kind="tests.fault", recipient_id=person.pk, subject=f"Letter {number}",
                    template="expenses/email/remittance_ready.txt", dedupe_key=f"tests.fault:{person.pk}:{number}",
                )
                for number in range(count)
            ],
            at=timezone.now(),
        )  # fmt: skip


def released_run(claims: int) -> dict[str, str]:
    """Return a run that has been released, and who may export it; there is an account to read for it."""
    world = make_world()
    give_account(world.person, world)
    for _ in range(claims):
        world.approved()
    return {"run": str(world.released().pk), "by": str(world.finance_lead.pk)}


# --- doing ---------------------------------------------------------------------------------------
def beat() -> None:
    """Ask the worker for what beat asks it for."""
    tasks.escalate_overdue_claims.delay()
    retry_unsent.delay()


def climb(days_on: int = 0) -> int:
    """Run the clock's pass here, some days on."""
    return services.escalate_overdue_claims(at=timezone.now() + timedelta(days=days_on))


def submit(claim: str, person: str, pause: float = 0) -> str:
    """Send a draft; ``pause`` seconds after its lines are priced and before anything is committed."""
    from expenses.services import claims as module

    settle = module.settle

    def slowly(*args, **kwargs):
        done = settle(*args, **kwargs)
        say_inside()
        time.sleep(pause)
        return done

    module.settle = slowly
    by = User.objects.get(pk=person)
    try:
        services.submit_claim(claim_id=UUID(claim), by=by, at=timezone.now())
    except django.db.Error as error:
        return type(error).__name__
    return "sent"


def export(run: str, by: str, pause: float = 0) -> str:
    """Take a run's file for the ledger; ``pause`` seconds after it and its readings are on record, and before the
    commit. Its SHA-256."""
    create = RunExport.objects.create

    def slowly(**fields):
        made = create(**fields)
        assert exports() == {"exports": made.run.exports.count(), "readings": made.run.exports.count()}
        say_inside()
        time.sleep(pause)
        return made

    RunExport.objects.create = slowly
    file = services.export_run(
        run_id=UUID(run), format=ExportFormat.LEDGER, by=User.objects.get(pk=by), at=timezone.now()
    )
    return file.export.checksum


def reconcile() -> int:
    """Run the nightly check; return how many disagreements it found."""
    return services.reconcile_payments(at=timezone.now())


# --- looking -------------------------------------------------------------------------------------
def ladders(days_on: int = 0) -> dict[str, Any]:
    """Say of every open claim whether its steps are those that its age has earned, each once; and of its letters."""
    today = local_date(timezone.now() + timedelta(days=days_on))
    wrong = []
    for claim in Claim.objects.open().prefetch_related("escalations"):
        earned = [step.number for step in ladder.steps_due(claim.ladder, 0, today)]
        written = sorted(step.number for step in claim.escalations.all())
        if written != earned or claim.steps_written != len(earned) or claim.next_step_at is None:
            wrong.append([claim.reference, written, earned])
    told = Message.objects.filter(kind="expenses.claim.step_taken").count()
    return {"wrong": wrong, "steps": Escalation.objects.count(), "told": told}


def post() -> dict[str, int]:
    """Count the messages by what became of their e-mail."""
    return {
        "all": Message.objects.count(),
        "sent": Message.objects.filter(sent_at__isnull=False).count(),
        "in_doubt": Message.objects.in_doubt().count(),
        "unsent": Message.objects.unsent().count(),
    }


def exports() -> dict[str, int]:
    """Count the records of exports, and of full bank numbers that were read for them."""
    return {
        "exports": RunExport.objects.count(),
        "readings": AccessLog.objects.filter(what="expenses.bank_details.export").count(),
    }


def claim_state(claim: str) -> dict[str, Any]:
    """Return where one claim stands."""
    found = Claim.objects.get(pk=claim)
    return {
        "status": found.status,
        "events": list(ClaimEvent.objects.filter(claim=found).order_by("pk").values_list("action", flat=True)),
        "is_with_somebody": found.responsible_id is not None and found.next_step_at is not None,
        "letters": Message.objects.filter(link__contains=str(found.pk)).count(),
    }


# --- two at the same moment ----------------------------------------------------------------------
def _at_once(*works: Callable[[], Any]) -> list[str]:
    """Do things at the same moment, each in a thread and a connection of its own; return what came of each."""
    start, answers = threading.Barrier(len(works)), [""] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait()
            work()
            answers[number] = "done"
        except (RuleBroken, PermissionDenied):
            answers[number] = "refused"
        except Exception as error:  # noqa: BLE001  whatever it is, the test must see it
            answers[number] = repr(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def _consistent(claim_id: UUID) -> str:
    """Return what is wrong with a claim after two people had it, or nothing."""
    claim = Claim.objects.get(pk=claim_id)
    lines = list(claim.lines.all())
    if claim.status != states.status_of_claim({line.status for line in lines}):
        return f"{claim.reference} is {claim.status}"
    if claim.is_open != (claim.responsible_id is not None):
        return f"{claim.reference} is with {claim.responsible_id}"
    decided = Counter(event.line_id for event in claim.timeline.filter(action__in=["approve", "refuse", "withdraw"]))
    twice = [str(line) for line, times in decided.items() if line and times > 1]
    return f"decided twice: {twice}" if twice else ""


def _rounds(world: World, one_round: Callable[[World], list[str]]) -> dict[str, Any]:
    outcomes: Counter[str] = Counter()
    for _ in range(ROUNDS):
        outcomes[" and ".join(sorted(one_round(world)))] += 1
    wrong = [found for pk in Claim.objects.exclude(status=ClaimStatus.DRAFT).values_list("pk", flat=True)
             if (found := _consistent(pk))]  # fmt: skip
    return {"outcomes": dict(outcomes), "wrong": wrong}


def race_two_approvers() -> dict[str, Any]:
    """Two approvers decide the same claim, one yes and one no."""

    def one_round(world: World) -> list[str]:
        claim = world.sent()
        return _at_once(
            lambda: world.decide(claim, LineAction.APPROVE),
            lambda: world.decide(claim, LineAction.REFUSE, by=world.deputy),
        )

    return _rounds(make_world(), one_round)


def race_approver_and_partner() -> dict[str, Any]:
    """An approver decides while the partner withdraws."""

    def one_round(world: World) -> list[str]:
        claim = world.sent()
        return _at_once(
            lambda: world.decide(claim, LineAction.APPROVE),
            lambda: services.withdraw_claim(claim_id=claim.pk, by=world.person, at=world.at),
        )

    return _rounds(make_world(), one_round)


def race_two_finance() -> dict[str, Any]:
    """Two finance people put the same lines in a run of their own, and both mark the one that is made as paid."""
    world = make_world()

    def one_round(world: World) -> list[str]:
        world.approved()
        made = _at_once(
            lambda: services.make_run(
                organisation_id=world.organisation.pk, line_ids=None, by=world.finance_lead, at=world.at
            ),
            lambda: services.make_run(
                organisation_id=world.organisation.pk, line_ids=None, by=world.finance_other, at=world.at
            ),
        )
        run = PaymentRun.objects.get(status="draft")
        other = world.finance_other if run.made_by_id == world.finance_lead.pk else world.finance_lead
        run = services.release_run(run_id=run.pk, by=other, at=world.at)
        take_files(world, run)
        paid = _at_once(
            *(
                lambda by=by: services.record_payment(run_id=run.pk, run_line_ids=None, by=by, at=world.at)
                for by in (world.finance_lead, world.finance_other)
            )
        )
        return [f"made: {' and '.join(sorted(made))}", f"paid: {' and '.join(sorted(paid))}"]

    found = _rounds(world, one_round)
    lines = Counter(RunLine.objects.filter(status="paid").values_list("line_id", flat=True))
    found["paid_twice"] = sum(1 for times in lines.values() if times > 1)
    found["disagreements"] = reconcile()
    found["unpaid"] = Claim.objects.exclude(status=ClaimStatus.PAID).count()
    return found


ACTS = {
    act.__name__: act
    for act in (
        migrate, overdue, draft, letters, released_run, beat, climb, submit, ladders, post, claim_state,
        export, reconcile, exports, race_two_approvers, race_approver_and_partner, race_two_finance,
    )
}  # fmt: skip
