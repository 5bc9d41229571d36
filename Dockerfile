# The images of crossfold:
#   worker     the worker, also the command line                     docker build --target worker .
#   sagemaker  the local SageMaker endpoint, which runs jobs itself  docker build --target sagemaker .
#   s3         the S3 gateway over a folder, for docker-compose.yml  docker build --target s3 .
#   jobs       what jobs and endpoints run in on AWS                 docker build --target jobs .
# Versions are pinned here and in the lock files.

FROM node:20.20.2-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node bootstrap/build.mjs && npm prune --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim AS runtime
ENV NODE_ENV=production \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/bootstrap bootstrap
COPY --from=build /app/dist dist
COPY --from=build /app/scripts scripts
RUN install -d -o node -g node /var/lib/crossfold

FROM runtime AS worker
USER node
ENTRYPOINT ["node", "bootstrap/crossfold.mjs"]
CMD ["worker"]

FROM node:20.20.2-bookworm-slim AS python-environment
RUN apt-get update \
 && apt-get install --no-install-recommends --yes python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY python/requirements.lock /tmp/requirements.lock
RUN python3 -m venv /opt/python \
 && /opt/python/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock

FROM runtime AS sagemaker
RUN apt-get update \
 && apt-get install --no-install-recommends --yes python3 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=python-environment /opt/python /opt/python
ENV CROSSFOLD_PYTHON=/opt/python/bin/python3 \
    CROSSFOLD_SAGEMAKER_STATE=/var/lib/crossfold
USER node
ENTRYPOINT ["node", "dist/local/sagemaker/main.js"]

# The gateway's own image runs as root; this one owns its folder without.
FROM versity/versitygw:v1.8.0 AS s3
RUN mkdir -p /data && chown 1000:1000 /data
USER 1000:1000

# SageMaker mounts /opt/ml as root and expects images to run as root; each job has a machine of its own.
FROM python:3.11.14-slim-bookworm AS jobs
COPY python/requirements.lock /tmp/requirements.lock
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/requirements.lock \
 && rm /tmp/requirements.lock
COPY local/sagemaker/python /opt/crossfold
RUN for name in serve train; do \
      printf '#!/bin/sh\nexec python3 /opt/crossfold/%s.py "$@"\n' "$name" > "/usr/local/bin/$name" && chmod 755 "/usr/local/bin/$name" || exit 1; \
    done
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /opt/ml
EXPOSE 8080
