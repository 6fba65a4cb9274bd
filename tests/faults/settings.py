"""The tests' settings with a real worker and a real mail server. ``stack`` says where the servers are."""

from psp_portal.settings import env
from psp_portal.settings.test import *  # noqa: F403
from psp_portal.settings.test import STORAGES, VAR_DIR

CELERY_TASK_ALWAYS_EAGER = False
# After a server has come back a worker takes up its work within a second, not within a minute.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10, "retry_on_timeout": True}
EMAIL_BACKEND = "psp_portal.notifications.smtp.EmailBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_USE_TLS = False
STORAGES = {
    **STORAGES,
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
}
