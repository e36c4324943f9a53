# docker build -t riposte .
# The image has no shell, no package manager and no user with rights: Riposte, its runtime and the C library.
# The base images are named by tag; an installation that wants the same bytes each time pins them by digest.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
ARG TARGETARCH
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN arch=$([ "$TARGETARCH" = arm64 ] && echo arm64 || echo x64) \
 && node scripts/package.ts --arch "$arch" --stage /out/usr/lib/riposte \
 && mkdir -p /out/etc/riposte /out/var/lib/riposte

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/usr /usr
COPY --from=build /out/etc/riposte /etc/riposte
COPY --from=build --chown=65532:65532 /out/var/lib/riposte /var/lib/riposte
USER 65532:65532
WORKDIR /var/lib/riposte
VOLUME /var/lib/riposte
EXPOSE 8080
# Without a shell there is no bin/riposte: the runtime is started as that would.
ENTRYPOINT ["/usr/lib/riposte/runtime/node", "/usr/lib/riposte/dist/main.js"]
CMD ["serve", "--config", "/etc/riposte/riposte.yaml", "--log-format", "json"]
