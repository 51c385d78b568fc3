# The image of one Frontdesk process; everything it keeps is in /data (or in PostgreSQL).
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /source
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/frontdesk
COPY pyproject.toml requirements.lock ./
# The dependencies first: their layer stays while only the source changes. pip takes its names from
# pyproject.toml and its versions from the lock.
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > names.txt \
    && /opt/frontdesk/bin/pip install --constraint requirements.lock --requirement names.txt
COPY . .
RUN /opt/frontdesk/bin/pip install --no-deps .

FROM python:${PYTHON}-slim
# Transcripts are set as PDF in whatever script the visitors write.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --no-create-home frontdesk \
    && install --directory --owner=frontdesk --group=frontdesk /data
COPY --from=build /opt/frontdesk /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTDESK_HOST=0.0.0.0 \
    FRONTDESK_PORT=3000 \
    FRONTDESK_DATA_DIR=/data
USER frontdesk
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD \
    ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['FRONTDESK_PORT']}/livez\", timeout=4)"]
ENTRYPOINT ["frontdesk"]
CMD ["serve"]
