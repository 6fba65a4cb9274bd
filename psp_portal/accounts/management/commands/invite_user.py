"""Invites somebody to a role from the command line: how an organisation's first lead comes in."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils import timezone

from psp_portal.accounts import queries, services
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import SystemActor
from psp_portal.exceptions import RuleBroken


class Command(BaseCommand):
    """``manage.py invite_user ODS-CODE EMAIL NAME [--role ROLE]``."""

    help = "Invite somebody by email to a role at an organisation; a lead can then invite everybody else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ods_code", metavar="ODS-CODE")
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--role", choices=Role.values, default=Role.PROGRAMME_LEAD)

    def handle(self, *args: Any, ods_code: str, email: str, name: str, role: str, **options: Any) -> None:
        organisation = queries.organisation_with_code(ods_code)
        if organisation is None:
            raise CommandError(f"There is no organisation with the code {ods_code}. See import_organisations.")
        try:
            validate_email(email)
            services.invite_user(
                email=email,
                name=name,
                organisation_id=organisation.pk,
                role=Role(role),
                by=SystemActor("accounts.invite_user"),
                at=timezone.now(),
            )
        except ValidationError:
            raise CommandError(f"{email} is not an email address.") from None
        except RuleBroken as broken:
            raise CommandError(broken.message) from None
        self.stdout.write(f"Invited {name} to {organisation.name}.")
