"""Pages about training: HTTP to one service or query."""

from partners.views.training.courses import (
    CourseCloseView,
    CourseCreateView,
    CourseEditView,
    CourseListView,
    DirectoryListView,
    SettingsEditView,
)
from partners.views.training.records import NeedListView, SessionRecordView, TrainingDetailView, TrainingRemoveView
from partners.views.training.requests import (
    RequestCreateView,
    RequestDecideView,
    RequestDetailView,
    RequestFinishView,
    RequestKindChooseView,
    RequestListView,
    RequestWithdrawView,
)

__all__ = [
    "CourseCloseView",
    "CourseCreateView",
    "CourseEditView",
    "CourseListView",
    "DirectoryListView",
    "NeedListView",
    "RequestCreateView",
    "RequestDecideView",
    "RequestDetailView",
    "RequestFinishView",
    "RequestKindChooseView",
    "RequestListView",
    "RequestWithdrawView",
    "SessionRecordView",
    "SettingsEditView",
    "TrainingDetailView",
    "TrainingRemoveView",
]
