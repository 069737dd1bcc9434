"""All settings of the site.

What an operator may change is read from the environment as MINGA_…; nothing set is safe on localhost.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from minga.site import env
from minga.site.rooms import ROOMS

PACKAGE = Path(__file__).resolve().parents[1]
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "testserver"}

# ---------------------------------------------------------------- what an operator may change
VAR = Path(
    env.text("MINGA_VAR", "var", "Folder for the database, uploads, mail and secrets.", rule="a folder")
).resolve()
HOSTS = env.hosts("MINGA_HOSTS", ["localhost", "127.0.0.1", "[::1]"], "Host names under which people reach the site.")
DEBUG = env.truth("MINGA_DEBUG", False, "Show technical error pages. Only for work on localhost.")
HTTPS = env.truth(
    "MINGA_HTTPS", not LOCAL_HOSTS.issuperset(HOSTS), "Serve by HTTPS only: secure cookies, HSTS, redirects."
)
HTTPS_PROXY = env.truth(
    "MINGA_HTTPS_PROXY",
    False,
    "A proxy in front sets X-Forwarded-Proto, and nobody can reach the site past it.",
)
SECRET = env.text(
    "MINGA_SECRET_KEY",
    "",
    "Key for signatures; at least 50 characters. Empty: made once and kept in MINGA_VAR.",
    secret=True,
)
DATABASE_URL = env.text(
    "MINGA_DATABASE_URL", "", "postgres://user:password@host/name; empty: SQLite in MINGA_VAR.", secret=True
)
SITE_NAME = env.text("MINGA_SITE_NAME", "Minga", "Name of the alliance, shown in the page head.")
MAIL_URL = env.text(
    "MINGA_MAIL_URL",
    "",
    "smtp://user:password@host:587 (smtps:// for TLS from the start); empty: to the terminal and MINGA_VAR/mail.",
    secret=True,
)
MAIL_FROM = env.text("MINGA_MAIL_FROM", "Minga <minga@localhost>", "Sender of the site's mail.")
MIN_PEERS = env.whole(
    "MINGA_MIN_PEERS",
    10,
    "Organizations a published group must hold. May be raised, never lowered.",
    least=10,
)
MIN_PERSONS = env.whole(
    "MINGA_MIN_PERSONS", 5, "Persons a published count must hold. May be raised, never lowered.", least=5
)
UNCLAIMED_DAYS = env.whole(
    "MINGA_UNCLAIMED_DAYS",
    90,
    "Days after the last answer when an assessment without an account is deleted.",
    least=7,
    most=730,
)
PANEL_DAYS = env.whole(
    "MINGA_PANEL_DAYS",
    365,
    "Days after which an unpublished panel is deleted, and a published one keeps nothing that names a person.",
    least=30,
    most=3650,
)
MAP_VOTES = env.whole(
    "MINGA_MAP_VOTES",
    200,
    "New votes after which the map of a conversation is calculated again at once; without them, after an hour.",
    least=1,
    most=100_000,
)
ATTENDANCE_DAYS = env.whole(
    "MINGA_ATTENDANCE_DAYS",
    365,
    "Days after a meeting when the list of who came is deleted; counts that may be shown stay.",
    least=30,
    most=3650,
)
ADDRESS = env.address(
    "MINGA_ADDRESS",
    "Whole address of the site in mails that no page asks for, such as https://minga.example.org. Without it, the "
    "first of MINGA_HOSTS.",
)
RATE_LIMITS = env.truth(
    "MINGA_RATE_LIMITS",
    True,
    "Limit how often one address may post. Switch off only for load tests on localhost.",
)
PEOPLE_PER_ADDRESS = env.whole(
    "MINGA_PEOPLE_PER_ADDRESS",
    2000,
    "New participants of conversations, and wrong invitation codes, that are taken from one network address within an "
    "hour. A hall or a mobile network may be one address.",
    least=30,
    most=1_000_000,
)
LOG_LEVEL = env.choice("MINGA_LOG_LEVEL", "INFO", "How much is logged.", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("MINGA_LOG_FORMAT", "text", "text for people, json for machines.", ("text", "json"))
UPLOAD_MB = env.whole("MINGA_UPLOAD_MB", 10, "Largest upload, in megabytes.", least=1, most=200)
EVIDENCE_KEYS = env.fernet_keys(
    "MINGA_EVIDENCE_KEY",
    "Keys that encrypt evidence and what was sent to consultations, the newest first. Empty: stored as it is.",
)
EVIDENCE_DAYS = env.whole(
    "MINGA_EVIDENCE_DAYS",
    180,
    "Days after the end of a validation, or without one after the submission, when evidence is deleted.",
    least=7,
    most=3650,
)
SENDER_DAYS = env.whole(
    "MINGA_SENDER_DAYS",
    365,
    "Days after the end of a consultation when senders' names, addresses and files are deleted; their words stay.",
    least=7,
    most=3650,
)
PARTICIPANT_DAYS = env.whole(
    "MINGA_PARTICIPANT_DAYS",
    365,
    "Days after the end of a conversation when nothing leads from a browser or a member to their votes any more.",
    least=7,
    most=3650,
)
SUGGESTER = env.text(
    "MINGA_SUGGESTER",
    "minga.deliberation.engine.suggesting.by_words",
    "Dotted name of the function that says how alike texts are, for suggestions that a person confirms.",
)
SAMPLE = env.truth("MINGA_SAMPLE", False, "The site serves the sample alliance: a banner says so on every page.")
SECOND_FACTOR = env.choice(
    "MINGA_SECOND_FACTOR",
    "roles",
    "Who must sign in with a second step: roles (secretariat and assessors), or all (everybody with an account).",
    ("roles", "all"),
)
OIDC = env.oidc_settings(
    env.text(
        "MINGA_OIDC_URL", "", "Address (issuer) of an OpenID Connect provider; empty: no button for it.", rule="a URL"
    ),
    env.text("MINGA_OIDC_CLIENT_ID", "", "Name under which the provider knows this site."),
    env.text("MINGA_OIDC_SECRET", "", "Secret that the provider gave this site.", secret=True),
    env.text("MINGA_OIDC_NAME", "", "What people call the provider; stands on the button."),
)

env.refuse_unknown()

IS_PUBLIC = not LOCAL_HOSTS.issuperset(HOSTS)


def _insecure() -> list[str]:
    """List what a public host must not run with."""
    faults = []
    if DEBUG:
        faults.append('MINGA_DEBUG is "on"; switch it off.')
    if not HTTPS:
        faults.append('MINGA_HTTPS is "off"; switch it on and put a certificate in front.')
    if len(SECRET) < 50 or len(set(SECRET)) < 10:
        faults.append("MINGA_SECRET_KEY is missing or weak; give at least 50 random characters.")
    if "*" in HOSTS:
        faults.append('MINGA_HOSTS holds "*"; name each host.')
    if not RATE_LIMITS:
        faults.append('MINGA_RATE_LIMITS is "off"; switch it on.')
    if SAMPLE:
        faults.append('MINGA_SAMPLE is "on", and everyone knows the passwords of the sample; switch it off.')
    return faults


if IS_PUBLIC and _insecure():
    raise ImproperlyConfigured(f"The site is public ({', '.join(HOSTS)}) and will not start: " + " ".join(_insecure()))


VAR.mkdir(mode=0o700, parents=True, exist_ok=True)


def _kept_secret() -> str:
    """Make a key once for localhost and keep it, readable by its owner alone."""
    path = VAR / "secret-key"
    if not path.exists():
        draft = path.with_name(f"secret-key-{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        # of two processes that start together, one wins, and nobody reads a key that is half written
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()


SECRET_KEY = SECRET or _kept_secret()
ALLOWED_HOSTS = HOSTS

# ---------------------------------------------------------------- apps and requests
INSTALLED_APPS = [
    "minga.web",
    *(f"minga.{room}" for room in ROOMS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "rules.apps.AutodiscoverRulesConfig",
]
MIDDLEWARE = [
    "minga.web.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "minga.web.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "minga.members.middleware.SecondFactorMiddleware",
    "csp.middleware.CSPMiddleware",
]
ROOT_URLCONF = "minga.site.urls"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "minga.web.context.frame",
            ],
        },
    }
]

# ---------------------------------------------------------------- storage and work in the background
if DATABASE_URL:
    DATABASES = {"default": env.postgres_settings("MINGA_DATABASE_URL", DATABASE_URL)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR / "minga.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # FULL: what a page calls saved is on the disk, also when the power goes
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits must hold over several worker processes, so the cache is a table.
# Django would throw a third of the counts away from 300 on, and with them the limits of whoever tries too often.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "long"]}}
MEDIA_ROOT = VAR / "uploads"
# Photos and documents behind answers: no address leads there, one page gives them out to those who may see them.
EVIDENCE_ROOT = VAR / "evidence"
# Letters and files that were sent to a consultation, in the same way.
SOURCES_ROOT = VAR / "sources"
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MB * 1024 * 1024
# A long letter has a choice for each of its paragraphs, and a hundred spreadsheets have a dozen columns each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# What is far larger than may be sent is not even received; what may be sent touches no disk on its way in.
FILE_UPLOAD_MAX_MEMORY_SIZE = min(UPLOAD_MB, 16) * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "minga.web.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Work that a worker starts by itself, every so many hours.
SCHEDULE = {
    "retention": {"hours": 24, "run": "minga.members.services.run_retention"},
    "housekeeping": {"hours": 24, "run": "minga.site.housekeeping.tidy"},
    "counts": {"hours": 1, "run": "minga.web.ratelimit.forget_expired"},
    "maps": {"hours": 1 / 30, "run": "minga.deliberation.tasks.refresh_due"},
    "reminders": {"hours": 24, "run": "minga.deliberation.tasks.remind_of_commitments"},
}

# ---------------------------------------------------------------- static files
# `minga site prepare` collects them under names that carry their hash, compressed, to be cached for a year.
# Before that (tests, `manage.py runserver`) they are served from the source, so nothing has to be collected.
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns where there is no such folder
STATIC_COLLECTED = (STATIC_ROOT / "staticfiles.json").exists()
WHITENOISE_USE_FINDERS = not STATIC_COLLECTED
HASHED_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": HASHED_STORAGE if STATIC_COLLECTED else PLAIN_STORAGE},
}

# ---------------------------------------------------------------- languages
LANGUAGE_CODE = "en"
# The six languages of the United Nations, each under its own name. How Chinese joins: minga/web/chinese.py.
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ru", "Русский"),
    ("ar", "العربية"),
    ("zh", "中文"),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "minga.web.formats"
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------- accounts
AUTH_USER_MODEL = "members.Account"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "minga.members.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "minga.members.account_forms.LoginForm",
    "signup": "minga.members.account_forms.SignupForm",
    "add_email": "minga.members.account_forms.AddEmailForm",
    "change_password": "minga.members.account_forms.ChangePasswordForm",
    "set_password": "minga.members.account_forms.SetPasswordForm",
    "reset_password": "minga.members.account_forms.ResetPasswordForm",
    "reset_password_from_key": "minga.members.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "minga.members.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {} if RATE_LIMITS else False
LOGIN_REDIRECT_URL = "members:me"
LOGIN_URL = "account_login"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# A second step: an app with codes, passkeys, and codes on paper for when both are lost.
MFA_ADAPTER = "minga.members.second_factor.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A clock may be half a minute off; `second_factor_forms` refuses a code that was used, for as long as it would fit.
MFA_TOTP_TOLERANCE = 1
# Nobody signs in before an address is confirmed, so a further one that is not locks nobody out.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "minga.members.second_factor_forms.AuthenticateForm",
    "reauthenticate": "minga.members.second_factor_forms.ReauthenticateForm",
    "activate_totp": "minga.members.second_factor_forms.ActivateTOTPForm",
    "add_webauthn": "minga.members.second_factor_forms.AddPasskeyForm",
    "edit_webauthn": "minga.members.second_factor_forms.EditPasskeyForm",
    "authenticate_webauthn": "minga.members.second_factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "minga.members.second_factor_forms.ReauthenticatePasskeyForm",
    "login_webauthn": "minga.members.second_factor_forms.LoginPasskeyForm",
}
# Sign-in at a provider, where one is set.
SOCIALACCOUNT_ADAPTER = "minga.members.oidc.SocialAccountAdapter"
SOCIALACCOUNT_FORMS = {"signup": "minga.members.account_forms.ProviderSignupForm"}
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "minga.members.oidc.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "EMAIL_AUTHENTICATION": True,
        "APPS": [OIDC] if OIDC else [],
    }
}

# ---------------------------------------------------------------- mail
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM
if MAIL_URL:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    globals().update(env.smtp_settings(MAIL_URL))
else:
    EMAIL_BACKEND = "minga.web.mail.TerminalAndFileBackend"
    EMAIL_FILE_PATH = VAR / "mail"

# ---------------------------------------------------------------- security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
CSRF_FAILURE_VIEW = "minga.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Other hosts under the same domain are not ours to bind to HTTPS, nor is the browsers' preload list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_REDIRECT_EXEMPT = [r"^health$"]
if HTTPS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "minga.web.logs.Redact"}},
    "formatters": {
        "text": {"()": "minga.web.logs.TextFormatter"},
        "json": {"()": "minga.web.logs.JsonFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL, "propagate": True}},
}
