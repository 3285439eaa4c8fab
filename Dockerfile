# The bot as an image. Catalogues are compiled while it is built; nothing of the build tools is left in it but pip.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /srv/duban && /srv/duban/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/run.txt
COPY . .
RUN /srv/duban/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation .

FROM ${BASE}
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin duban \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/duban /var/lib/duban-key
COPY --from=build /srv/duban /srv/duban
ENV PATH=/srv/duban/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DUBAN_DATA_DIR=/var/lib/duban/data \
    DUBAN_DATABASE_URL=sqlite:////var/lib/duban/duban.db \
    DUBAN_MASTER_KEY_FILE=/var/lib/duban-key/master.key \
    DUBAN_HTTP_LISTEN=0.0.0.0:8080
WORKDIR /var/lib/duban
VOLUME ["/var/lib/duban", "/var/lib/duban-key"]
EXPOSE 8080
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz/live', timeout=4)"]
ENTRYPOINT ["duban"]
CMD ["run"]
