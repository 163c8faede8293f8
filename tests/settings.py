"""Django settings for the tests: a home of its own, the store named by SAMHANDLING_TEST_STORE (sqlite or postgres)."""

import atexit
import os
import shutil
import tempfile

if "SAMHANDLING_HOME" not in os.environ:
    os.environ["SAMHANDLING_HOME"] = tempfile.mkdtemp(prefix="samhandling-test-")
    atexit.register(shutil.rmtree, os.environ["SAMHANDLING_HOME"], ignore_errors=True)
if os.environ.get("SAMHANDLING_TEST_STORE", "sqlite") == "postgres":
    os.environ["SAMHANDLING_DATABASE"] = os.environ.get(
        "SAMHANDLING_TEST_POSTGRES", "postgresql://root@127.0.0.1:5432/postgres"
    )
else:
    os.environ.pop("SAMHANDLING_DATABASE", None)

from samhandling.configuration import make_secrets

make_secrets()

from samhandling.settings import *  # noqa: E402, F403
from samhandling.settings import DATABASES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Several test runs may share one server.
DATABASES["default"]["CONN_MAX_AGE"] = 0
if "postgresql" in DATABASES["default"]["ENGINE"]:
    DATABASES["default"]["TEST"] = {"NAME": f"samhandling_test_{os.getpid()}"}
else:
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(os.environ["SAMHANDLING_HOME"], f"test-{os.getpid()}.sqlite3")}
    # What outlives a power cut is tested with real processes, which have the node's own settings.
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
