# One image for the API, the worker and the scheduler: the command tells them apart (docker-compose.yml).

FROM node:22-bookworm-slim AS dashboard
WORKDIR /app/dashboard
COPY dashboard/package.json dashboard/package-lock.json dashboard/.npmrc ./
RUN npm ci
COPY dashboard/ ./
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv .venv
COPY requirements.lock requirements-build.lock ./
RUN .venv/bin/pip install --require-hashes -r requirements.lock \
 && .venv/bin/pip install --require-hashes -r requirements-build.lock
COPY pyproject.toml ./
COPY schema/ schema/
COPY resolvers/ resolvers/
COPY domain/ domain/
COPY workers/ workers/
COPY infra/ infra/
COPY migrations/ migrations/
RUN .venv/bin/pip install --no-deps --no-build-isolation --editable . \
 && .venv/bin/python -m compileall -q schema resolvers domain workers infra migrations

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin app \
 && install --directory --owner=app --group=app --mode=700 /data
WORKDIR /app
COPY --from=packages /app /app
COPY --from=dashboard /app/dashboard/dist dashboard/dist
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    DATA_DIR=/data
USER app
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/health\", timeout=2)"]
ENTRYPOINT ["personal_automations"]
CMD ["server", "run"]
