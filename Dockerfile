FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /parley ./cmd/parley && mkdir /data

# The debug variant adds a busybox, whose wget asks /healthz in docker-compose.yml.
FROM gcr.io/distroless/static-debian12:debug-nonroot
COPY --from=build /parley /usr/local/bin/parley
COPY --from=build --chown=nonroot:nonroot /data /data
WORKDIR /data
VOLUME /data
EXPOSE 8080
USER nonroot
ENTRYPOINT ["/usr/local/bin/parley"]
CMD ["serve"]
