#!/bin/sh
# Says what is missing from the environment, all of it at once, before an engine starts with an empty password.
missing=0
need() {
  eval "value=\${$1:-}"
  if [ "${#value}" -lt "$2" ]; then
    echo "Set $1: $3, at least $2 characters. It has ${#value}." >&2
    missing=1
  fi
}
need STRATA_ADMIN_KEY 16 'the API key of an administrator'
need STRATA_SIGNING_SECRET 16 'what every process signs addresses with'
need STRATA_POSTGRES_PASSWORD 8 'the password of the database'
need STRATA_REDIS_PASSWORD 8 'the password of the cache'
need STRATA_MINIO_ACCESS_KEY 3 'the user of the object store'
need STRATA_MINIO_SECRET_KEY 8 'the password of the object store'
need STRATA_WEAVIATE_KEY 8 'the API key of the vector store'
need GRAFANA_PASSWORD 8 'the password of "admin" in Grafana'
exit "$missing"
