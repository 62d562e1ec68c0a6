# docker build -t strata:local .
# The Node that package.json brings along for machines without a new enough one.
FROM node:24.20.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY bin bin
COPY prisma prisma
COPY models models
COPY scripts scripts
COPY src src
RUN npm run build

# What runs, and no more. Without the development's packages in package.json npm also lets go of what only they wanted.
FROM build AS program
COPY docker/slim.sh docker/slim.sh
RUN npm pkg delete devDependencies \
    && npm prune --omit=dev \
    && sh docker/slim.sh . "$(node -p process.arch)" \
    && find dist -name '*.map' -delete
# It still does all it did: every part is started and asked.
RUN bin/strata doctor --data-dir /tmp/doctor \
    && rm -rf /tmp/doctor

FROM node:24.20.0-bookworm-slim
LABEL org.opencontainers.image.title="Strata" \
      org.opencontainers.image.description="A GraphQL data layer for multi-modal data" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
# Numbers, so that a cluster can see that it is not root. npm and yarn are for building.
RUN groupadd --system --gid 999 strata \
    && useradd --system --uid 999 --gid 999 --home-dir /var/lib/strata strata \
    && install -d -o strata -g strata /var/lib/strata \
    && rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-*
COPY --from=program /app/package.json ./
COPY --from=program /app/bin bin
COPY --from=program /app/prisma prisma
COPY --from=program /app/models models
COPY --from=program /app/node_modules node_modules
COPY --from=program /app/dist dist
COPY LICENSE NOTICE ./
USER 999:999
VOLUME /var/lib/strata
EXPOSE 4000
ENTRYPOINT ["bin/strata"]
CMD ["serve"]
