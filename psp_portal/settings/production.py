"""Settings for a trust's servers. Refuses to start, naming what is missing or unsafe."""

from django.core.exceptions import ImproperlyConfigured

from psp_portal.settings import env

env.require(
    "SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL", "EMAIL_HOST", "DEFAULT_FROM_EMAIL",
    "PUBLIC_URL", "FIELD_ENCRYPTION_KEYS",
)  # fmt: skip
if env.text("DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR"):
    raise ImproperlyConfigured("DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR is for the demonstration only: take it out.")

from psp_portal.settings.base import *  # noqa: E402, F403  after the refusal, so that its words come first
from psp_portal.settings.base import DATABASE_URL, FIELD_ENCRYPTION_KEYS, REDIS_URL, SECRET_KEY  # noqa: E402
from psp_portal.settings.databases import cache_from_url, database_from_url  # noqa: E402

if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters.")
if any(set(key.rstrip("=")) == {"A"} for key in FIELD_ENCRYPTION_KEYS):
    raise ImproperlyConfigured("FIELD_ENCRYPTION_KEYS holds the developer's key: make one of your own.")

DEBUG = False
DATABASES = {"default": database_from_url(DATABASE_URL)}
CACHES = {"default": cache_from_url(REDIS_URL)}

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
