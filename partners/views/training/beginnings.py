"""What the pages about training begin with: whom they are for, the partner they are about, a request's age."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from partners import queries as partners
from partners.enums.training import RequestStatus
from partners.permissions import training as permissions
from psp_portal.accounts.current import current_organisation_id
from psp_portal.dates import local_date
from psp_portal.views import Moment


class ForManagers(Moment):
    """A page about the current organisation, for those who keep its training; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_training(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])


def with_age(request: Any, today: date) -> dict[str, Any]:
    """Return a request with how many days it has waited, while it does."""
    waits = request.status == RequestStatus.ASKED
    return {
        "asked": request,
        "days": (today - local_date(request.asked_at)).days if waits else None,
        "is_late": waits and request.due_on < today,
    }
