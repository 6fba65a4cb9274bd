"""Addresses of agreements."""

from django.urls import path

from partners.views import agreements as views

app_name = "agreements"
urlpatterns = [
    path("", views.AgreementListView.as_view(), name="agreement_list"),
    path("texts/", views.KindListView.as_view(), name="kind_list"),
    path("texts/<slug:kind>/", views.VersionListView.as_view(), name="version_list"),
    path("texts/<slug:kind>/draft/edit/", views.DraftEditView.as_view(), name="draft_edit"),
    path("versions/<uuid:version_id>/", views.VersionDetailView.as_view(), name="version_detail"),
    path("versions/<uuid:version_id>/publish/", views.DraftPublishView.as_view(), name="draft_publish"),
    path("versions/<uuid:version_id>/remove/", views.DraftRemoveView.as_view(), name="draft_remove"),
    path("partners/<uuid:partner_id>/", views.PartnerDetailView.as_view(), name="partner_detail"),
    path(
        "partners/<uuid:partner_id>/versions/<uuid:version_id>/sign/",
        views.AgreementSignView.as_view(),
        name="agreement_sign",
    ),
    path("signatures/<uuid:signature_id>/", views.SignatureDetailView.as_view(), name="signature_detail"),
    path(
        "signatures/<uuid:signature_id>/countersign/",
        views.SignatureCountersignView.as_view(),
        name="signature_countersign",
    ),
    path("signatures/<uuid:signature_id>/withdraw/", views.ConsentWithdrawView.as_view(), name="consent_withdraw"),
]
