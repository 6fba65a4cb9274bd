"""The portal's addresses. The network has none yet."""

from django.urls import include, path

urlpatterns = [
    path("", include("psp_portal.home.urls")),
    path("account/", include("psp_portal.accounts.urls")),
    path("account/", include("allauth.urls")),
    path("audit/", include("psp_portal.reports.audit.urls")),
    path("committees/", include("committees.urls")),
    path("expenses/", include("expenses.urls")),
    path("health/", include("psp_portal.health.urls")),
    path("messages/", include("psp_portal.notifications.urls")),
    path("partners/", include("partners.urls")),
    path("people/", include("psp_portal.people.urls")),
    path("reports/", include("psp_portal.reports.payments.urls")),
]
