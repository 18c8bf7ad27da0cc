# Headlight in a container. The same image runs with a GPU (docker run --gpus all) and without one.
#
#   docker build --tag headlight .
#   docker run --publish 8501:8501 --volume headlight:/data --env HEADLIGHT_TEACHER_KEY=choose-one headlight
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    HEADLIGHT_HOME=/data

RUN useradd --create-home headlight && mkdir /data && chown headlight /data
WORKDIR /headlight

# What changes least comes first: the libraries, then the models, then the code.
COPY requirements.txt constraints.txt pyproject.toml README.md LICENSE ./
RUN mkdir app components core && touch app/__init__.py components/__init__.py core/__init__.py \
    && pip install --requirement requirements.txt
COPY core core
USER headlight
RUN python -m core.catalogue fetch --built-in
COPY --chown=headlight . .

VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "app/server.py", "--server.address", "0.0.0.0", "--server.headless", "true"]
