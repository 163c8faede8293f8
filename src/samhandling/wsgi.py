"""The web application, for granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from samhandling.configuration import configuration
from samhandling.logs import configure
from samhandling.processes import follow_parent_if_asked

follow_parent_if_asked()
configure(configuration().log_level)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandling.settings")
application = get_wsgi_application()
