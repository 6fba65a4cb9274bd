"""A second organisation that pays for the partner of a world: what tests of the other payer begin with."""

from dataclasses import dataclass

from committees.services import change_budget
from expenses import services
from expenses.enums import CardTemplate
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Organisation, User
from tests import factories
from tests.expenses.world import World


@dataclass
class OtherPayer:
    """An organisation that pays for a committee at another one, with its people; ``third`` decides a disagreement."""

    organisation: Organisation
    lead: User
    finance_lead: User
    finance_other: User
    executive: User
    chief_executive: User
    approver: User
    deputy: User
    third: User


def pay_elsewhere(world: World, *, third_at: Organisation | None = None, name: str = "Ash Board") -> OtherPayer:
    """Let another organisation pay for the world's partner from now on.

    ``third_at`` is where whoever decides a disagreement works: the payer, unless the committee's organisation is given.
    """
    organisation = factories.make_organisation(name)
    posts = {post: factories.make_post(post, organisation).user for post in Post}
    approver, deputy = (factories.make_member(Role.APPROVER, organisation) for _ in range(2))
    third = factories.make_member(Role.REQUESTER, third_at or organisation, user=factories.make_user("Thea Third"))
    services.make_rate_card(
        organisation_id=organisation.pk, template=CardTemplate.NATIONAL, name="Rates", by=posts[Post.FINANCE_LEAD],
        at=factories.START,
    )  # fmt: skip
    world.assignment = change_budget(
        assignment_id=world.assignment.pk, payer_id=organisation.pk, budget_code="AB1", budget_holder_id=approver.pk,
        deputy_id=deputy.pk, dispute_person_id=third.pk, by=world.lead, at=factories.START,
    )  # fmt: skip
    return OtherPayer(
        organisation=organisation,
        lead=posts[Post.PROGRAMME_LEAD],
        finance_lead=posts[Post.FINANCE_LEAD],
        finance_other=factories.make_member(Role.FINANCE, organisation),
        executive=posts[Post.EXECUTIVE_LEAD],
        chief_executive=posts[Post.CHIEF_EXECUTIVE],
        approver=approver,
        deputy=deputy,
        third=third,
    )
