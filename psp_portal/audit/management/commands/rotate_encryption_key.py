"""Encrypts everything that is kept encrypted with the newest key."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from psp_portal.audit.context import SystemActor
from psp_portal.audit.rotation import rotate_encryption_key


class Command(BaseCommand):
    """``manage.py rotate_encryption_key``."""

    help = "Encrypt all encrypted fields with the first of FIELD_ENCRYPTION_KEYS. Repeatable; names what no key opens."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = 0
        try:
            for done in rotate_encryption_key(by=SystemActor("audit.rotate_encryption_key")):
                self.stdout.write(f"{done.model}: {done.rows} rows read, {done.changed} encrypted with the newest key.")
                for key in done.unreadable:
                    self.stdout.write(f"{done.model} {key}: none of the keys opens it; it was left as it is.")
                unreadable += len(done.unreadable)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        if unreadable:
            raise CommandError(f"{unreadable} rows could not be read. Keep the old keys until you know why.")
        self.stdout.write("The older keys can be taken out of FIELD_ENCRYPTION_KEYS.")
