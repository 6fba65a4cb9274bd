"""Pages about an organisation's people, for those who manage them; and everybody's own absences."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.views.generic import TemplateView, View

from psp_portal.accounts import current, permissions
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import POST_ROLES, STAFF_ROLES, Post, Role
from psp_portal.accounts.roles import Permission
from psp_portal.dates import format_date
from psp_portal.people import forms, queries, services
from psp_portal.views import RuleFormView, ScopedListView


class _ManagesPeople(View):
    """The current organisation, for somebody who manages its people; 403 for anybody else."""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.today = timezone.localdate()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.organisation = current.organisation_where(request, Permission.MANAGE_PEOPLE)
        self.find()
        return super().dispatch(request, *args, **kwargs)

    def find(self) -> None:
        """Look up what the page is about; 404 when it is not of this organisation."""

    def person_here(self, user_id: Any):
        people = queries.people_visible_to(self.request.user, self.organisation, today=self.today)
        return get_object_or_404(people, pk=user_id)


class AboutPerson(_ManagesPeople):
    """A form about one person; back to their page when it is done."""

    def find(self) -> None:
        self.person = self.person_here(self.kwargs["user_id"])

    def get_success_url(self) -> str:
        return reverse("people:person_detail", args=[self.person.pk])


class PersonListView(_ManagesPeople, ScopedListView):
    """Who is here, in which role; and who has been invited."""

    template_name = "people/person_list.html"
    context_object_name = "people"
    export_name = "people"
    export_columns = ("Name", "Roles", "Post", "Away")

    def get_queryset(self):
        return queries.people_visible_to(self.user, self.organisation, today=self.today)

    def export_row(self, row: Any) -> Sequence[object]:
        posts = ", ".join(held.get_post_display() for held in row.posts_here)
        roles = [f"{held.get_role_display()}{_days_of_role(held, self.today)}" for held in row.roles_here]
        return row.name, ", ".join(roles), posts, "; ".join(map(_absence_in_words, row.absences_here))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations = queries.invitations_visible_to(self.user, self.organisation, at=timezone.now(), today=self.today)
        return super().get_context_data(**kwargs) | {"invitations": invitations, "today": self.today}


def _days_of_role(held: Any, today: Any) -> str:
    """Return from when and until when a role is held, in words, as far as it is not simply held today."""
    begins = f" from {format_date(held.starts_on)}" if held.starts_on > today else ""
    return begins + (f" until {format_date(held.ends_on)}" if held.ends_on else "")


def _absence_in_words(away: Any) -> str:
    """Return when somebody is away and who stands in."""
    days = f"{format_date(away.starts_on)} {f'to {format_date(away.ends_on)}' if away.ends_on else 'on'}"
    return f"{days}, {away.deputy.name} stands in" if away.deputy else days


class PersonDetailView(_ManagesPeople, TemplateView):
    """One person's roles, posts and absences here, with what can be changed."""

    template_name = "people/person_detail.html"

    def find(self) -> None:
        self.person = self.person_here(self.kwargs["user_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_staff = any(held.role in STAFF_ROLES for held in self.person.roles_here)
        is_self = self.person.pk == self.request.user.pk
        return super().get_context_data(**kwargs) | {"person": self.person, "is_staff": is_staff, "is_self": is_self}


class PersonInviteView(_ManagesPeople, RuleFormView):
    """Invite somebody by e-mail."""

    form_class = forms.PersonInviteForm
    template_name = "people/person_invite.html"
    success_message = "The invitation is on its way"
    success_url = reverse_lazy("people:person_list")

    def perform(self, data: dict[str, Any]) -> None:
        accounts.invite_user(
            email=data["email"],
            name=data["name"],
            organisation_id=self.organisation.pk,
            role=Role(data["role"]),
            by=self.request.user,
            at=timezone.now(),
        )


class InvitationWithdrawView(_ManagesPeople, RuleFormView):
    """Make an invitation useless before it runs out."""

    template_name = "people/invitation_withdraw.html"
    success_message = "The invitation is withdrawn"
    success_url = reverse_lazy("people:person_list")

    def find(self) -> None:
        invitations = queries.invitations_visible_to(
            self.request.user, self.organisation, at=timezone.now(), today=self.today
        )
        self.invitation = get_object_or_404(invitations, pk=self.kwargs["invitation_id"])

    def perform(self, data: dict[str, Any]) -> None:
        accounts.withdraw_invitation(invitation_id=self.invitation.pk, by=self.request.user, at=timezone.now())


class RoleGrantView(AboutPerson, RuleFormView):
    """Give somebody another role."""

    form_class = forms.RoleGrantForm
    template_name = "people/role_grant.html"
    success_message = "The role is given"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def perform(self, data: dict[str, Any]) -> None:
        services.grant_role(
            user_id=self.person.pk,
            organisation_id=self.organisation.pk,
            role=Role(data["role"]),
            starts_on=data["starts_on"],
            by=self.request.user,
            at=timezone.now(),
        )


class RoleEndView(_ManagesPeople, RuleFormView):
    """End somebody's role."""

    form_class = forms.RoleEndForm
    template_name = "people/role_end.html"
    success_message = "The role has a last day"
    success_url = reverse_lazy("people:person_list")

    def find(self) -> None:
        held = queries.memberships_visible_to(self.request.user, today=self.today)
        self.membership = get_object_or_404(held, pk=self.kwargs["membership_id"], organisation=self.organisation)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def perform(self, data: dict[str, Any]) -> None:
        services.end_role(
            membership_id=self.membership.pk, ends_on=data["ends_on"], by=self.request.user, at=timezone.now()
        )


class PostListView(_ManagesPeople, ScopedListView):
    """The organisation's named posts and who holds each."""

    template_name = "people/post_list.html"
    context_object_name = "posts"
    paginate_by = None
    export_name = "posts"
    export_columns = ("Post", "Held by", "Since", "Until")

    def get_queryset(self) -> Any:
        return queries.posts_visible_to(self.user, self.organisation, today=self.today)

    def export_row(self, row: Any) -> Sequence[object]:
        held = row.holding
        if held is None:
            return row.post.label, "Nobody", None, None
        return row.post.label, held.user.name, held.starts_on, held.ends_on


class PostAppointView(_ManagesPeople, RuleFormView):
    """Who takes up a post."""

    form_class = forms.PostAppointForm
    template_name = "people/post_appoint.html"
    success_message = "The post has its new holder"
    success_url = reverse_lazy("people:post_list")

    def find(self) -> None:
        try:
            self.post_to_fill = Post(self.kwargs["post"])
        except ValueError:
            raise Http404("There is no such post.") from None

    def get_form_kwargs(self) -> dict[str, Any]:
        self.choices = queries.choices_for_post(self.organisation, self.post_to_fill, today=self.today)
        return super().get_form_kwargs() | {"choices": self.choices, "today": self.today}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"role_needed": POST_ROLES[self.post_to_fill].label.lower()}

    def perform(self, data: dict[str, Any]) -> None:
        services.appoint_to_post(
            organisation_id=self.organisation.pk,
            post=self.post_to_fill,
            user_id=data["user_id"],
            starts_on=data["starts_on"],
            by=self.request.user,
            at=timezone.now(),
        )


class AccountCloseView(AboutPerson, RuleFormView):
    """Close somebody's account here, with a reason."""

    form_class = forms.AccountCloseForm
    template_name = "people/account_close.html"
    success_message = "Their roles here have ended and their account is closed"
    success_url = reverse_lazy("people:person_list")

    def get_success_url(self) -> str:
        return str(self.success_url)

    def perform(self, data: dict[str, Any]) -> None:
        services.close_account(
            user_id=self.person.pk,
            organisation_id=self.organisation.pk,
            reason=data["reason"],
            by=self.request.user,
            at=timezone.now(),
        )


# --- absences: everybody their own ----------------------------------------------------------
class AbsenceListView(TemplateView):
    """Somebody's own days away."""

    template_name = "people/absence_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        organisation = _staff_organisation(self.request)
        absences = queries.own_absences(self.request.user, organisation, today=timezone.localdate())
        return super().get_context_data(**kwargs) | {"absences": absences}


class AbsenceRecordView(RuleFormView):
    """Record that somebody is away: oneself, or a person one manages."""

    form_class = forms.AbsenceRecordForm
    template_name = "people/absence_record.html"
    success_message = "The absence is recorded"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.today = timezone.localdate()
        self.organisation = _staff_organisation(request)
        self.is_own = kwargs["user_id"] == request.user.pk
        if self.is_own:
            self.person = request.user
        else:
            organisation = current.organisation_where(request, Permission.MANAGE_PEOPLE)
            people = queries.people_visible_to(request.user, organisation, today=self.today)
            self.person = get_object_or_404(people, pk=kwargs["user_id"])
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        choices = queries.staff_choices(self.organisation, today=self.today, without=self.person.pk)
        return super().get_form_kwargs() | {"choices": choices, "today": self.today}

    def perform(self, data: dict[str, Any]) -> Any:
        absence = services.record_absence(
            organisation_id=self.organisation.pk,
            user_id=self.person.pk,
            by=self.request.user,
            at=timezone.now(),
            **data,
        )
        if data["deputy_id"]:
            self.success_message += queries.what_a_deputy_leaves(absence)
        return absence

    def get_success_url(self) -> str:
        if self.is_own:
            return reverse("people:absence_list")
        return reverse("people:person_detail", args=[self.person.pk])


class AbsenceEndView(RuleFormView):
    """Say which day away is the last."""

    form_class = forms.AbsenceEndForm
    template_name = "people/absence_end.html"
    success_message = "The absence has its last day"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any):
        self.today = timezone.localdate()
        absences = queries.absences_visible_to(request.user, today=self.today)
        self.absence = get_object_or_404(absences, pk=kwargs["absence_id"])
        permissions.check_can_record_absence(
            request.user,
            user_id=self.absence.user_id,
            organisation_id=self.absence.organisation_id,
            today=self.today,
        )
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"today": self.today}

    def perform(self, data: dict[str, Any]) -> None:
        services.end_absence(
            absence_id=self.absence.pk, ends_on=data["ends_on"], by=self.request.user, at=timezone.now()
        )

    def get_success_url(self) -> str:
        if self.absence.user_id == self.request.user.pk:
            return reverse("people:absence_list")
        return reverse("people:person_detail", args=[self.absence.user_id])


def _staff_organisation(request: HttpRequest):
    """Return the current organisation for somebody on its staff: only staff are missed by a claim."""
    if not current.current_roles(request) & STAFF_ROLES:
        raise PermissionDenied
    return current.current_organisation(request)
