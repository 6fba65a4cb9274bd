"""Addresses of declared interests."""

from django.urls import path

from partners.views import interests as views

app_name = "interests"
urlpatterns = [
    path("", views.RegisterListView.as_view(), name="register_list"),
    path("declarations/", views.DeclarationListView.as_view(), name="declaration_list"),
    path("partners/<uuid:partner_id>/", views.InterestListView.as_view(), name="interest_list"),
    path("partners/<uuid:partner_id>/create/", views.InterestCreateView.as_view(), name="interest_create"),
    path("partners/<uuid:partner_id>/declare/", views.DeclarationCreateView.as_view(), name="declaration_create"),
    path("<uuid:interest_id>/edit/", views.InterestEditView.as_view(), name="interest_edit"),
]
