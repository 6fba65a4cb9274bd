"""Two answers for the machines that watch the portal. Nobody signs in for them, and they name no person."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import View

from psp_portal.health import queries


@method_decorator([login_not_required, never_cache], name="dispatch")
class AliveDetailView(View):
    """The process answers. Asks no server, so that a database that is away does not restart the portal."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse({"status": "alive"})


@method_decorator([login_not_required, never_cache], name="dispatch")
class ReadyDetailView(View):
    """The portal can work: 200 when all it needs is there, 503 when something is not, naming it."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> JsonResponse:
        needs = queries.readiness()
        is_ready = all(needs.values())
        answer = {"status": "ready" if is_ready else "not ready", "needs": needs}
        return JsonResponse(answer, status=200 if is_ready else 503)
