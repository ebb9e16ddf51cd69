"""What gunicorn serves."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from janua.config import get_config

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "janua.settings")
_scheme = "https" if get_config().is_https else "http"
_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, told the scheme that people see: BASE_URL's, whatever a proxy in front says or forgets to say."""
    environ["wsgi.url_scheme"] = _scheme
    return _django(environ, start_response)
