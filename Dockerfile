# Build everything, then keep only what runs.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY src src
COPY public public
RUN npm run build
RUN npm prune --omit=dev

# Run: no compiler, no npm cache, not root. The root file system may be read-only.
FROM node:22-bookworm-slim
ENV NODE_ENV=production \
    CERTS_DIR=/certs \
    DATA_DIR=/data \
    ADMIN_HOST=0.0.0.0
WORKDIR /app
RUN install -d -o node -g node -m 0700 /certs /data
COPY package.json ./
COPY bin bin
COPY --from=build /app/dist dist
COPY --from=build /app/public public
COPY --from=build /app/node_modules node_modules
USER node
VOLUME ["/certs", "/data"]
EXPOSE 8443 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.ADMIN_PORT || 8080) + '/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/rauc-simple-server.js"]
CMD ["serve"]
