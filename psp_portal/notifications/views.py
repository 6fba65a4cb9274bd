"""Somebody's own messages."""

from typing import Any

from django.contrib import messages as banners
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.generic import TemplateView, View

from psp_portal.notifications import queries, services
from psp_portal.views import ScopedListView


class MessageListView(ScopedListView):
    """All messages, newest first, with those not read marked."""

    template_name = "notifications/message_list.html"
    context_object_name = "inbox"

    def get_queryset(self):
        return queries.messages_visible_to(self.user)


class MessageDetailView(TemplateView):
    """One message. Opening one marks it as read, which is why the list opens them by POST."""

    template_name = "notifications/message_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        message = get_object_or_404(queries.messages_visible_to(self.request.user), pk=kwargs["message_id"])
        return super().get_context_data(**kwargs) | {"letter": message}


class MessageOpenView(View):
    """Mark a message as read and show it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, message_id: Any) -> HttpResponse:
        if services.mark_read(message_id=message_id, by=request.user, at=timezone.now()) is None:
            raise Http404("No such message.")
        return redirect("notifications:message_detail", message_id=message_id)


class MessageReadAllView(View):
    """Mark all messages as read."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        if services.mark_all_read(by=request.user, at=timezone.now()):
            banners.success(request, "All your messages are marked as read.")
        return redirect("notifications:message_list")
