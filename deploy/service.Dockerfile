# One image for every service, every worker and the gateway; which one runs is the command's last word.
#   docker build -f deploy/service.Dockerfile -t lobbycard .
FROM python:3.12-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/lobbycard
COPY requirements.lock /tmp/requirements.lock
RUN /opt/lobbycard/bin/pip install --require-hashes -r /tmp/requirements.lock

FROM python:3.12-slim-bookworm
ENV PATH=/opt/lobbycard/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LOBBYCARD_HOME=/var/lib/lobbycard
RUN groupadd --gid 10001 lobbycard \
    && useradd --uid 10001 --gid lobbycard --home-dir /var/lib/lobbycard --shell /usr/sbin/nologin lobbycard \
    && install -d -o lobbycard -g lobbycard -m 0750 /var/lib/lobbycard /var/lib/lobbycard-samples
WORKDIR /srv/lobbycard
COPY --from=packages /opt/lobbycard /opt/lobbycard
COPY contracts contracts
COPY chassis chassis
COPY tools tools
COPY deploy deploy
COPY frontend frontend
COPY user_service user_service
COPY movie_service movie_service
COPY cinema_service cinema_service
COPY booking_service booking_service
COPY payment_service payment_service
COPY coupon_service coupon_service
COPY notification_service notification_service
COPY gateway gateway
USER 10001:10001
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=6s --start-period=120s --retries=5 \
    CMD ["python", "-m", "deploy.health", "gateway"]
ENTRYPOINT ["python", "-m", "deploy.container"]
CMD ["serve", "gateway"]
