"""What a partner keeps to themselves about their earnings."""

from django.conf import settings
from django.db import models

from psp_portal.encryption import EncryptedField


class EarningsPlan(models.Model):
    """A partner's private limits on what they earn.

    Nothing leads here but the person's own pages: all of it is one encrypted value, no other model has a way to it
    (``related_name="+"``), and there is no history of it and no actor to name, because staff read histories. A test
    opens every page of staff and looks for it (tests/expenses/test_planner_is_private.py).
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    sealed = EncryptedField()

    def __str__(self) -> str:
        return "A private plan"
