"""The portal's addresses, and beside them those of the bare pages."""

from django.urls import include, path

from tests.bench import bare

urlpatterns = [
    path("", include("psp_portal.urls")),
    path("bench/sign-in/", bare.sign_in),
    path("bench/claims/", bare.own_claims),
    path("bench/overview/", bare.claims_of_organisation),
    path("bench/claims/<uuid:claim_id>/", bare.claim),
    path("bench/queue/", bare.queue),
    path("bench/claims/<uuid:claim_id>/write/", bare.write),
]
