"""What the pages about inductions begin with: whom they are for, and which induction they are about."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partners import queries as partners
from partners.permissions import induction as permissions
from partners.queries import induction as queries
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment


class ForManagers(Moment):
    """A page about the current organisation, for those who look after its inductions; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_inductions(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class AboutPartner(Moment):
    """Finds the partner of the address, or answers 404; back to their list."""

    def find(self, **kwargs: Any) -> None:
        visible = partners.partners_visible_to(self.user, today=self.today)
        self.partner = get_object_or_404(visible, pk=kwargs["partner_id"])

    def get_success_url(self) -> str:
        return reverse("induction:induction_detail", args=[self.partner.pk])


class AboutInduction(Moment):
    """Finds the induction of the address's partner, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        visible = queries.inductions_visible_to(self.user, today=self.today)
        self.induction = get_object_or_404(visible, pk=kwargs["partner_id"])
        self.partner = self.induction.partner
