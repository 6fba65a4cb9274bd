"""Settings that hold everywhere. What differs by environment is read through ``env``."""

from pathlib import Path

import pghistory
from celery.schedules import crontab
from csp.constants import NONE, SELF

from psp_portal.logs import logging_settings
from psp_portal.settings import env
from psp_portal.settings.databases import broker_from_url

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("PSP_VAR_DIR", str(BASE_DIR / "var")))

# --- what the portal is made of -----------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "django_structlog",
    "pgtrigger",
    "pghistory",
    "psp_portal.nhsuk",
    "psp_portal.audit",
    "psp_portal.documents",
    "psp_portal.notifications",
    "psp_portal.accounts",
    "partners",
    "committees",
    "network",
    "expenses",
    "psp_portal.people",
    "psp_portal.subject_access",
    "psp_portal.retention",
    "psp_portal.home",
    "psp_portal.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "psp_portal.audit.context.AuditMiddleware",
    "psp_portal.accounts.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "psp_portal.urls"
WSGI_APPLICATION = "psp_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "psp_portal.home.context_processors.header",
            ],
            "libraries": {
                "psp": "psp_portal.templatetags",
                "nhsuk": "psp_portal.nhsuk.templatetags",
                "claims": "expenses.templatetags",
                "committees": "committees.templatetags",
            },
        },
    }
]

# --- keys and doors -----------------------------------------------------------------------
SECRET_KEY = env.text("SECRET_KEY")
# Replaced keys, the last first. Answers for equality monitoring stand under keys worked out with it.
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS")
# Keys for bank details, newest first; each is 32 random bytes in URL-safe base64.
FIELD_ENCRYPTION_KEYS = env.listing("FIELD_ENCRYPTION_KEYS")

# --- servers ------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- sign-in ------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:home_detail"
ACCOUNT_ADAPTER = "psp_portal.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# How often a form that is open to all can be sent: from one place, and for one e-mail address. Beside allauth's own.
ACCOUNT_RATE_LIMITS = {"recruitment_start": "30/h/ip,5/h/key"}
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Patient Safety Partners"
# Lets staff in without a second factor. For the demonstration only: production refuses it.
DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR = False
# Partners are not timed out while they gather receipts (NHS service manual: at least 20 hours).
SESSION_COOKIE_AGE = env.integer("SESSION_HOURS", 24) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_SAVE_EVERY_REQUEST = False
CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"

# --- audit --------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())

# --- words and time -----------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/London"
SITE_NAME = "Patient Safety Partners"
PUBLIC_URL = env.text("PUBLIC_URL", "http://localhost:8000")

# --- the NHS look -------------------------------------------------------------------------
# The NHS style sheet names its pictures by the absolute address /assets/images/….
STATIC_URL = "/assets/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    # allauth's scripts for passkeys and recovery codes.
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "psp_portal.nhsuk.finders.NHSFrontendFinder",
]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": VAR_DIR / "files",
            # Receipts are nobody's business but the portal's own process.
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Frutiger is licensed to NHS organisations only; without the licence the pages use Arial.
NHS_FRUTIGER_LICENSED = env.flag("NHS_FRUTIGER_LICENSED")
CRISPY_ALLOWED_TEMPLATE_PACKS = "nhsuk"
CRISPY_TEMPLATE_PACK = "nhsuk"
CRISPY_FAIL_SILENTLY = False

# --- files --------------------------------------------------------------------------------
DOCUMENT_MAX_BYTES = env.integer("DOCUMENT_MAX_MEGABYTES", 20) * 1024 * 1024
# Above this size an upload goes to a temporary file instead of memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# An A4 receipt at 200 dots an inch: small print stays readable.
DOCUMENT_LONGEST_SIDE = env.integer("DOCUMENT_LONGEST_SIDE", 2400)
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS")  # host:port; empty turns the scanner off

# --- e-mail -------------------------------------------------------------------------------
EMAIL_BACKEND = env.text("EMAIL_BACKEND", "psp_portal.notifications.smtp.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST")
EMAIL_PORT = env.integer("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "psp@localhost")

# --- worker and clock ---------------------------------------------------------------------
CELERY_BROKER_URL = broker_from_url(REDIS_URL)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A page must not hang because Redis is away: the message is a row already, and the sweep sends it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_BEAT_SCHEDULE = {
    "remind-of-access-reviews": {
        "task": "partners.tasks.access.remind_of_reviews",
        "schedule": crontab(hour=7, minute=10),
    },
    "retry-unsent-messages": {
        "task": "psp_portal.notifications.tasks.retry_unsent",
        "schedule": crontab(minute="*/5"),
    },
    "lapse-unused-invitations": {
        "task": "psp_portal.accounts.tasks.lapse_unused_invitations",
        "schedule": crontab(hour=3, minute=10),
    },
    "scan-waiting-documents": {
        "task": "psp_portal.documents.tasks.scan_waiting_documents",
        "schedule": crontab(minute="*/5"),
    },
    "follow-questions": {
        "task": "partners.tasks.questions.follow_questions",
        "schedule": crontab(hour=7, minute=5),
    },
    "warn-of-training": {
        "task": "partners.tasks.training.warn_of_training",
        "schedule": crontab(hour=7, minute=10),
    },
    "warn-of-checks": {
        "task": "partners.tasks.checks.warn_of_checks",
        "schedule": crontab(hour=7, minute=12),
    },
    "remind-of-interests": {
        "task": "partners.tasks.interests.remind_of_interests",
        "schedule": crontab(hour=7, minute=14),
    },
    "remind-of-induction": {
        "task": "partners.tasks.induction.remind_of_induction",
        "schedule": crontab(hour=7, minute=20),
    },
    "ask-how-they-are": {
        "task": "partners.tasks.support.ask_how_they_are",
        "schedule": crontab(hour=10, minute=40),
    },
    "open-due-reviews": {
        "task": "partners.tasks.support.open_due_reviews",
        "schedule": crontab(hour=7, minute=15),
    },
    "open-succession-plans": {
        "task": "partners.tasks.leaving.open_succession_plans",
        "schedule": crontab(hour=7, minute=5),
    },
    "begin-pauses": {
        "task": "partners.tasks.leaving.begin_pauses",
        "schedule": crontab(hour=0, minute=20),
    },
    "let-leavers-go": {
        "task": "partners.tasks.leaving.let_leavers_go",
        "schedule": crontab(hour=0, minute=30),
    },
    "end-settled-roles": {
        "task": "expenses.tasks.end_settled_roles",
        "schedule": crontab(hour=4, minute=40),
    },
    "remove-orphaned-files": {
        "task": "psp_portal.documents.tasks.remove_orphaned_files",
        "schedule": crontab(hour=3, minute=40),
    },
    "drop-original-receipts": {
        "task": "expenses.tasks.drop_originals",
        "schedule": crontab(hour=3, minute=50),
    },
    "remind-of-held-lines": {
        "task": "expenses.tasks.remind_of_held_lines",
        "schedule": crontab(hour=7, minute=20),
    },
    "remind-of-questions": {
        "task": "expenses.tasks.remind_of_questions",
        "schedule": crontab(hour=7, minute=25),
    },
    "escalate-overdue-claims": {
        "task": "expenses.tasks.escalate_overdue_claims",
        "schedule": crontab(minute="*/15"),
    },
    "ask-for-first-calls": {
        "task": "expenses.tasks.ask_for_first_calls",
        "schedule": crontab(minute=25),
    },
    "reconcile-payments": {
        "task": "expenses.tasks.reconcile_payments",
        "schedule": crontab(hour=2, minute=20),
    },
    "forget-result-uploads": {
        "task": "expenses.tasks.forget_result_uploads",
        "schedule": crontab(hour=3, minute=50),
    },
    "let-unappealed-refusals-stand": {
        "task": "expenses.tasks.let_refusals_stand",
        "schedule": crontab(hour=4, minute=10),
    },
    "remind-of-approvals": {
        "task": "expenses.tasks.remind_of_approvals",
        "schedule": crontab(hour=7, minute=20),
    },
    # In the evening, so that a lead who is told finds it in the morning with a day to look.
    "plan-removals": {
        "task": "psp_portal.retention.tasks.plan_runs",
        "schedule": crontab(hour=18, minute=30),
    },
    "carry-out-removals": {
        "task": "psp_portal.retention.tasks.carry_out_runs",
        "schedule": crontab(hour=1, minute=15),
    },
    "remove-old-lists-of-claims": {
        "task": "expenses.tasks.remove_old_lists",
        "schedule": crontab(minute=50),
    },
    "appoint-who-accepted": {
        "task": "partners.tasks.imports.appoint_who_accepted",
        "schedule": crontab(),
    },
    "remove-old-lists-of-partners": {
        "task": "partners.tasks.imports.remove_old_lists",
        "schedule": crontab(minute=55),
    },
    "remind-of-replies-to-steps": {
        "task": "expenses.tasks.remind_of_replies",
        "schedule": crontab(hour=7, minute=45, day_of_week="mon-fri"),
    },
    # Once is enough for each week, which the letters see to; the other hours and days are for when Monday was missed.
    "send-overdue-digests": {
        "task": "expenses.tasks.send_overdue_digests",
        "schedule": crontab(hour="7-18", minute=0, day_of_week="mon-fri"),
    },
    "remind-unclaimed-meetings": {
        "task": "expenses.tasks.remind_unclaimed_meetings",
        "schedule": crontab(hour=8, minute=5),
    },
    "count-equality-answers": {
        "task": "partners.tasks.diversity.close_quarters",
        "schedule": crontab(hour=4, minute=20),
    },
    "forget-leavers-equality-answers": {
        "task": "partners.tasks.diversity.forget_leavers",
        "schedule": crontab(hour=4, minute=25),
    },
    "remind-of-unsent-applications": {
        "task": "partners.tasks.recruitment.remind_unsent",
        "schedule": crontab(hour=9, minute=15),
    },
    "expire-applications": {
        "task": "psp_portal.retention.tasks.expire_applications",
        "schedule": crontab(hour=3, minute=25),
    },
    "remind-claims-awaiting-decision": {
        "task": "expenses.tasks.remind_claims_awaiting_decision",
        "schedule": crontab(hour=7, minute=30, day_of_week="mon-fri"),
    },
}

# --- what a browser may load --------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        # The NHS style sheet names this host for Frutiger even where the font is not used.
        "font-src": [SELF, "https://assets.nhs.uk"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- logs: ids, never names ---------------------------------------------------------------
LOGGING = logging_settings(env.text("LOG_LEVEL", "INFO"))
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
DJANGO_STRUCTLOG_CELERY_ENABLED = True
