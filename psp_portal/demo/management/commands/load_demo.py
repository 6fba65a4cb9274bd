"""Makes the demonstration trust, once."""

import time

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand
from django.utils import timezone

from psp_portal.demo.story.load import is_loaded, load_story


class Command(BaseCommand):
    help = "Load the demonstration trust: invented people, a year of meetings and claims. Refused in production."

    def handle(self, *args: object, **options: object) -> None:
        # Only settings that let staff in without a second factor are a demonstration's; production refuses them.
        if not settings.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR:
            raise CommandError(
                "Everybody knows the password of the demonstration's people, so it is loaded only where "
                "DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR is on, which production refuses."
            )
        if is_loaded():
            self.stdout.write("The demonstration trust is here already.")
            return
        self.stdout.write("Loading the demonstration trust: a year of meetings and claims…")
        self.stdout.flush()
        began = time.monotonic()
        stage = load_story(now=timezone.now())
        self.stdout.write(
            f"Loaded {len(stage.organisations)} organisations, {len(stage.committees)} committees and "
            f"{len(stage.claims)} claims in {time.monotonic() - began:.0f} seconds."
        )
