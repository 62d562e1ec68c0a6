FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# The image's own Node serves; the one that npm brought along is left out.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
RUN useradd --system --home /var/lib/strata strata && install -d -o strata /var/lib/strata
COPY --from=build /app/package.json ./
COPY --from=build /app/bin bin
COPY --from=build /app/dist dist
COPY --from=build /app/models models
COPY --from=build /app/prisma prisma
COPY --from=build /app/node_modules node_modules
USER strata
VOLUME /var/lib/strata
EXPOSE 4000
ENTRYPOINT ["bin/strata"]
CMD ["serve"]
