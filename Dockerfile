# syntax=docker/dockerfile:1
# One static binary in an image with nothing else: no shell, no package manager.
FROM --platform=$BUILDPLATFORM golang:1.26-trixie AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH VERSION=dev
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /cdc ./cmd/cdc \
 && mkdir -p /state

FROM gcr.io/distroless/static-debian13:nonroot
LABEL org.opencontainers.image.title="cdc" \
      org.opencontainers.image.description="Row changes from MySQL, MariaDB and PostgreSQL to Kafka" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /cdc /cdc
COPY --from=build --chown=65532:65532 /state /var/lib/cdc
USER 65532:65532
VOLUME /var/lib/cdc
ENTRYPOINT ["/cdc"]
CMD ["run", "--config", "/etc/cdc/cdc.yaml"]
