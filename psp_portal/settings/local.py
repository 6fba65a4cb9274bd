"""Settings for a developer's machine and the demonstration."""

import sys

from psp_portal.embedded import ensure_services, locate_services
from psp_portal.settings import env
from psp_portal.settings.base import *  # noqa: F403  the environment's settings are the base's and these
from psp_portal.settings.base import VAR_DIR
from psp_portal.settings.databases import broker_from_url, cache_from_url, database_from_url

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "local-only-not-a-secret-0123456789abcdefghijklmnopqrstuvwxyz")
ALLOWED_HOSTS = ["*"]
# 32 zero bytes: a key for made-up bank details on a developer's machine, refused by production.
FIELD_ENCRYPTION_KEYS = env.listing("FIELD_ENCRYPTION_KEYS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")

# The web server's port, for `make demo`.
PORT = env.integer("PORT", 8000)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://localhost:{PORT}")

# These read no data: they should not wait for servers, nor need any.
COMMANDS_WITHOUT_SERVERS = {"claim_states", "collectstatic", "help", "price_claim", "version"}
_needs_servers = sys.argv[1:2] == [] or sys.argv[1] not in COMMANDS_WITHOUT_SERVERS
_urls = (ensure_services if _needs_servers else locate_services)(VAR_DIR)
DATABASE_URL, REDIS_URL = _urls.database, _urls.redis
DATABASES = {"default": database_from_url(DATABASE_URL)}
CACHES = {"default": cache_from_url(REDIS_URL)}
CELERY_BROKER_URL = broker_from_url(REDIS_URL)
# Whether the data is the demonstration's own, so that `make demo-reset` may throw it away.
DATABASE_IS_EMBEDDED = _urls.database_is_embedded

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR_DIR / "mail"
DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = env.flag("DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR", True)
