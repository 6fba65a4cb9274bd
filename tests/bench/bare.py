"""What pages are measured against: the session's user, one query for the same rows, the smallest template for them."""

from uuid import UUID

import pghistory
from django import forms
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from expenses.enums import ClaimStatus
from expenses.models import Claim, ClaimLine

ROWS = 25
CLAIMS = Claim.objects.select_related("claimant", "waiting_on", "meeting__committee")


class SignInForm(forms.Form):
    """The two boxes of a sign-in page."""

    login = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput)


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the two boxes as Django draws them."""
    return render(request, "bench/sign_in.html", {"form": SignInForm()})


def own_claims(request: HttpRequest) -> HttpResponse:
    """Show the first page of somebody's own claims."""
    rows = CLAIMS.filter(claimant=request.user).order_by("-created_at", "pk")[:ROWS]
    return render(request, "bench/claims.html", {"rows": rows, "me": request.user.pk})


def claims_of_organisation(request: HttpRequest) -> HttpResponse:
    """Show the first page of an organisation's claims: ``?payer=`` its id, ``?show=open`` only those under way."""
    rows = CLAIMS.filter(payer=request.GET["payer"]).exclude(status=ClaimStatus.DRAFT)
    if request.GET["show"] == "open":
        rows = rows.open()
    return render(request, "bench/claims.html", {"rows": rows.order_by("submitted_at", "pk")[:ROWS]})


def claim(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Show a claim with its lines."""
    lines = ClaimLine.objects.filter(claim=claim_id).order_by("position")
    rows = list(lines.select_related("claim__payer", "claim__responsible", "claim__meeting__committee", "decided_by"))
    return render(request, "bench/claim.html", {"claim": rows[0].claim, "rows": rows})


def queue(request: HttpRequest) -> HttpResponse:
    """Show the first page of the claims that wait for a decision: ``?payer=`` the organisation's id."""
    waiting = Claim.objects.filter(
        payer=request.GET["payer"], status__in=[ClaimStatus.SUBMITTED, ClaimStatus.APPEALED]
    ).order_by("submitted_at", "pk")[:ROWS]
    lines = ClaimLine.objects.filter(claim__in=waiting).order_by("claim__submitted_at", "claim_id", "position")
    # Values: a claim and its meeting made anew for each line would be slower than the page that is measured.
    rows = lines.values(
        "claim_id", "kind", "pay", number=F("claim__number"), partner=F("claim__claimant__name"),
        committee=F("claim__meeting__committee__name"), starts_at=F("claim__meeting__starts_at"),
        submitted_at=F("claim__submitted_at"), due_on=F("claim__waiting_due_on"),
    )  # fmt: skip
    return render(request, "bench/queue.html", {"rows": rows})


@require_POST
def write(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """Write one column of one claim, and lead on."""
    with pghistory.context(actor=str(request.user.pk), action="bench"):
        Claim.objects.filter(pk=claim_id).update(steps_written=0)
    return HttpResponseRedirect("/bench/claims/")
