# Two stages: the requirements into a virtual environment, then a runtime without compilers or caches.
FROM python:3.11-slim AS build
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes \
      -r /tmp/requirements.txt

FROM python:3.11-slim
# xmlsec1 comes with SAML, the piece that needs it.
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin janua \
    && install --directory --owner janua --mode 700 /data
COPY --from=build /opt/venv /opt/venv
COPY . /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BIND_HOST=0.0.0.0 \
    PORT=4100 \
    JANUA_DATA_DIR=/data
USER janua
VOLUME /data
EXPOSE 4100
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/readyz', timeout=3)"]
# Options come from the environment; secrets also from files (SECRET_KEY_FILE=/run/secrets/secret_key).
CMD ["sh", "-c", "python manage.py prepare && exec python -m gunicorn -c janua/gunicorn.py janua.wsgi:application"]
