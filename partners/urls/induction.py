"""Addresses of inductions."""

from django.urls import path

from partners.views import induction as views

app_name = "induction"
urlpatterns: list = [
    path("template/", views.TemplateDetailView.as_view(), name="template_detail"),
    path("template/begin/", views.TemplateBeginView.as_view(), name="template_begin"),
    path("template/lines/create/", views.TemplateItemCreateView.as_view(), name="template_item_create"),
    path(
        "template/lines/<uuid:template_item_id>/edit/", views.TemplateItemEditView.as_view(), name="template_item_edit"
    ),
    path(
        "template/lines/<uuid:template_item_id>/remove/",
        views.TemplateItemRemoveView.as_view(),
        name="template_item_remove",
    ),
    path(
        "template/lines/<uuid:template_item_id>/<slug:move>/",
        views.TemplateItemMoveView.as_view(),
        name="template_item_move",
    ),
    path("", views.InductionListView.as_view(), name="induction_list"),
    path("tasks/", views.ItemListView.as_view(), name="item_list"),
    path("partners/<uuid:partner_id>/", views.InductionDetailView.as_view(), name="induction_detail"),
    path("partners/<uuid:partner_id>/begin/", views.InductionBeginView.as_view(), name="induction_begin"),
    path("partners/<uuid:partner_id>/agreement/", views.AgreementDetailView.as_view(), name="agreement_detail"),
    path("partners/<uuid:partner_id>/agreement/edit/", views.AgreementEditView.as_view(), name="agreement_edit"),
    path("partners/<uuid:partner_id>/agreement/agree/", views.AgreementAgreeView.as_view(), name="agreement_agree"),
    path("partners/<uuid:partner_id>/notes/", views.NoteListView.as_view(), name="note_list"),
    path("partners/<uuid:partner_id>/notes/create/", views.NoteCreateView.as_view(), name="note_create"),
    path("tasks/<uuid:item_id>/", views.ItemDetailView.as_view(), name="item_detail"),
    path("tasks/<uuid:item_id>/close/", views.ItemCloseView.as_view(), name="item_close"),
    path("tasks/<uuid:item_id>/skip/", views.ItemSkipView.as_view(), name="item_skip"),
    path("tasks/<uuid:item_id>/reopen/", views.ItemReopenView.as_view(), name="item_reopen"),
    path("notes/", views.NoteOverviewView.as_view(), name="note_overview"),
    path("notes/<uuid:note_id>/edit/", views.NoteEditView.as_view(), name="note_edit"),
    path("notes/<uuid:note_id>/withdraw/", views.NoteWithdrawView.as_view(), name="note_withdraw"),
    path("notes/<uuid:note_id>/hide/", views.NoteHideView.as_view(), name="note_hide"),
    path("notes/<uuid:note_id>/show/", views.NoteShowView.as_view(), name="note_show"),
]
