"""Django's settings, derived from the node's configuration; nobody edits this file to run a node."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from samhandling.configuration import configuration, secret, secret_path
from samhandling.errors import ConfigurationError

CONFIGURATION = configuration()
HERE = Path(__file__).resolve().parent

# Commands that make the secret files run before there are any; pages and workers do not start without them.
SECRET_KEY = secret("web").hex() if secret_path("web").exists() else "not-yet-made"
DEBUG = False
ALLOWED_HOSTS = CONFIGURATION.allowed_hosts
ROOT_URLCONF = "samhandling.urls"
WSGI_APPLICATION = "samhandling.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Europe/Oslo"
USE_I18N = True
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
LOCALE_PATHS = [HERE / "pages" / "locale"]
FORMAT_MODULE_PATH: list[str] = []

SAMHANDLING_WIRING = "samhandling.wiring"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "samhandling.store",
    "samhandling.jobs",
    "samhandling.organisations",
    "samhandling.access",
    "samhandling.pages",
    "samhandling.patients",
    "samhandling.tasks",
    "samhandling.registry",
    "samhandling.exchange",
    "samhandling.carriers",
    "samhandling.stays",
    "samhandling.writing",
    "samhandling.intake",
    "samhandling.downtime",
    "samhandling.worklist",
    "samhandling.world",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "samhandling.pages.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "samhandling.pages.middleware.HeadersMiddleware",
    "samhandling.pages.middleware.ErrorsMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {"environment": "samhandling.pages.environment.make", "autoescape": True},
    },
]

AUTH_USER_MODEL = "access.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
FILE_UPLOAD_HANDLERS = ["samhandling.pages.uploads.MemoryUpload"]
FILE_UPLOAD_HANDLERS = ["samhandling.pages.uploads.MemoryUpload"]
CSRF_FAILURE_VIEW = "samhandling.pages.failures.csrf"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "/inn/"
LOGIN_REDIRECT_URL = "/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CONFIGURATION.https
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
LANGUAGE_COOKIE_NAME = "language"
CSRF_COOKIE_SECURE = CONFIGURATION.https
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
LOGGING_CONFIG = None


def _database(url: str) -> dict[str, Any]:
    """Django's description of the store behind `url`."""
    if not url:
        url = f"sqlite:///{(CONFIGURATION.home / 'samhandling.sqlite3').absolute()}"
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgresql", "postgres"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            # What is asked again and again is planned once a connection: a fifth of the time of a worker's job.
            "OPTIONS": {"server_side_binding": True, "connect_timeout": 5, "prepare_threshold": 3},
        }
    raise ConfigurationError(f"database: unknown kind {parts.scheme!r}; use sqlite or postgresql")


DATABASES = {"default": _database(CONFIGURATION.database)}
