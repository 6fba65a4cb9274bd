# One image, three commands: web, worker and beat (see docker-compose.yml).

# --- the NHS look --------------------------------------------------------------------------
FROM node:22-slim AS look
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev

# --- the packages --------------------------------------------------------------------------
FROM python:3.13-slim AS packages
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement /tmp/base.txt

# --- the portal ----------------------------------------------------------------------------
FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static-built
# PDFs are drawn with Pango, in a typeface that any reader of a letter knows.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-liberation libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin psp \
    && install --directory --owner=psp --group=psp /var/lib/psp
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
COPY --from=look /app/node_modules node_modules
COPY manage.py ./
COPY psp_portal psp_portal
COPY partners partners
COPY committees committees
COPY expenses expenses
COPY network network
COPY templates templates
COPY static static
# Needs no server and no secret, so the development settings do.
RUN DJANGO_SETTINGS_MODULE=psp_portal.settings.local python manage.py collectstatic --noinput
ENV DJANGO_SETTINGS_MODULE=psp_portal.settings.production \
    PSP_VAR_DIR=/var/lib/psp
USER psp
EXPOSE 8000
CMD ["gunicorn", "psp_portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--no-control-socket"]
