# A static binary and nothing else. `docker build -t chatspec . && docker run --rm --network host chatspec test http://127.0.0.1:5005`
FROM rust:1.95-alpine AS build
# The compiler's own needs and those of ring, the only C in the tree.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p chatspec-cli --bin chatspec

FROM scratch
COPY --from=build /src/target/release/chatspec /chatspec
USER 65534:65534
ENTRYPOINT ["/chatspec"]
CMD ["--help"]
