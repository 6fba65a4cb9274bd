"""Pages about inductions: HTTP to one service or query."""

from partners.views.induction.lists import (
    AgreementAgreeView,
    AgreementDetailView,
    AgreementEditView,
    InductionBeginView,
    InductionDetailView,
    InductionListView,
    ItemCloseView,
    ItemDetailView,
    ItemListView,
    ItemReopenView,
    ItemSkipView,
)
from partners.views.induction.notes import (
    NoteCreateView,
    NoteEditView,
    NoteHideView,
    NoteListView,
    NoteOverviewView,
    NoteShowView,
    NoteWithdrawView,
)
from partners.views.induction.template import (
    TemplateBeginView,
    TemplateDetailView,
    TemplateItemCreateView,
    TemplateItemEditView,
    TemplateItemMoveView,
    TemplateItemRemoveView,
)

__all__ = [
    "AgreementAgreeView",
    "AgreementDetailView",
    "AgreementEditView",
    "InductionBeginView",
    "InductionDetailView",
    "InductionListView",
    "ItemCloseView",
    "ItemDetailView",
    "ItemListView",
    "ItemReopenView",
    "ItemSkipView",
    "NoteCreateView",
    "NoteEditView",
    "NoteHideView",
    "NoteListView",
    "NoteOverviewView",
    "NoteShowView",
    "NoteWithdrawView",
    "TemplateBeginView",
    "TemplateDetailView",
    "TemplateItemCreateView",
    "TemplateItemEditView",
    "TemplateItemMoveView",
    "TemplateItemRemoveView",
]
