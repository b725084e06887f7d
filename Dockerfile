# The image of web, worker, beat and ops; docker-compose.yml says how each is started.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt .
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

FROM python:3.11-slim-bookworm
# Pango draws the PDFs; the fonts are what a bare image lacks.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core fonts-noto-core fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin billing \
    && install --directory --mode=700 --owner=billing /uploads /uploads/incoming
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=billing_platform.settings.prod \
    VAR_DIR=/tmp
# Collecting static files asks no server anything; the names stand in for those of an installation.
RUN python -m compileall -q billing_platform accounts tenants usage \
    && SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=postgres://build/build DATABASE_PASSWORD_WORKER=build \
       REDIS_URL=redis://build EMAIL_URL=smtp://build python manage.py collectstatic --noinput --verbosity 0
USER billing
EXPOSE 8000
CMD ["gunicorn", "-c", "python:billing_platform.gunicorn_config"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "billing_platform.probe"]
