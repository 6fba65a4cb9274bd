"""Addresses of partners."""

from django.urls import path

from partners.views import appointments as views

app_name = "partners"
urlpatterns = [
    path("partners/", views.PartnerListView.as_view(), name="partner_list"),
    path("partners/create/", views.PartnerCreateView.as_view(), name="partner_create"),
    path("partners/<uuid:partner_id>/", views.PartnerDetailView.as_view(), name="partner_detail"),
    path("partners/<uuid:partner_id>/term/edit/", views.PartnerTermEditView.as_view(), name="partner_term_edit"),
    path("partners/<uuid:partner_id>/telephone/edit/", views.TelephoneEditView.as_view(), name="telephone_edit"),
    path("partners/<uuid:partner_id>/end/", views.PartnerEndView.as_view(), name="partner_end"),
    path("partners/<uuid:partner_id>/journey/edit/", views.JourneyEditView.as_view(), name="journey_edit"),
    path(
        "partners/<uuid:partner_id>/journey/distance/edit/",
        views.JourneyDistanceEditView.as_view(),
        name="journey_distance_edit",
    ),
    path(
        "partners/<uuid:partner_id>/journey/vehicle/edit/",
        views.JourneyVehicleEditView.as_view(),
        name="journey_vehicle_edit",
    ),
]
