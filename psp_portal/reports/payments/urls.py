"""Addresses of the reports on payments."""

from django.urls import path

from psp_portal.reports.payments import views

app_name = "payments"
urlpatterns = [
    path("", views.SummaryDetailView.as_view(), name="summary_detail"),
    path("speed/", views.SpeedDetailView.as_view(), name="speed_detail"),
    path("owed/", views.OwedDetailView.as_view(), name="owed_detail"),
    path("held/", views.HeldDetailView.as_view(), name="held_detail"),
    path("replies/", views.AnswersDetailView.as_view(), name="answers_detail"),
    path("spending/", views.SpendDetailView.as_view(), name="spend_detail"),
    path("rows/", views.RowListView.as_view(), name="row_list"),
    path("<slug:report>.csv", views.ReportExportView.as_view(), name="report_export"),
    path("year-end/", views.YearEndDetailView.as_view(), name="year_end_detail"),
    path("year-end/accruals.csv", views.AccrualExportView.as_view(), name="accrual_export"),
    path("year-end/expected.csv", views.ExpectedExportView.as_view(), name="expected_export"),
]
