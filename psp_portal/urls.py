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
    path("partners/", include("partners.urls.appointments")),
    path("recruitment/", include("partners.urls.recruitment")),
    path("checks/", include("partners.urls.checks")),
    path("agreements/", include("partners.urls.agreements")),
    path("induction/", include("partners.urls.induction")),
    path("interests/", include("partners.urls.interests")),
    path("training/", include("partners.urls.training")),
    path("support/", include("partners.urls.support")),
    path("capacity/", include("partners.urls.capacity")),
    path("access/", include("partners.urls.access")),
    path("leaving/", include("partners.urls.leaving")),
    path("questions/", include("partners.urls.questions")),
    path("diversity/", include("partners.urls.diversity")),
    path("imports/", include("partners.urls.imports")),
    path("people/", include("psp_portal.people.urls")),
    path("retention/", include("psp_portal.retention.urls")),
    path("subject-access/", include("psp_portal.subject_access.urls")),
    path("reports/", include("psp_portal.reports.payments.urls")),
]
