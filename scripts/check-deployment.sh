#!/usr/bin/env bash
# Checks the files of the deployment, each with its own tool: bash scripts/check-deployment.sh
# A tool that is not here (scripts/install-services.sh installs them), or a file that is not there, is named as not run; a finding
# fails. No tool starts a container or a cluster: what only those would show has not been seen here.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH:${STRATA_SERVICES_DIR:-$HOME/.local/share/strata/services}/bin"

failed=0 not_run=()
check() { # NAME COMMAND…
  local name=$1 output; shift
  if output=$("$@" 2>&1); then echo "ok      $name"; else failed=1; echo "FAILED  $name"; fi
  if [ -n "$output" ]; then printf '%s\n' "$output" | sed 's/^/        /'; fi
}
skip() { not_run+=("$1: $2"); }
have() { command -v "$1" >/dev/null 2>&1; }
no_tool="is not here (scripts/install-services.sh)"

# --- Dockerfiles ---------------------------------------------------------------------------------------------------------------

for file in Dockerfile $(find docker deploy examples -name 'Dockerfile*' -not -path '*/node_modules/*' 2>/dev/null); do
  if have hadolint; then check "hadolint $file" hadolint --no-color --failure-threshold warning "$file"; else skip "hadolint $file" "hadolint $no_tool"; fi
done

# --- docker-compose.yml, by itself and with each of its profiles ----------------------------------------------------------------

compose() { if have docker-compose; then docker-compose "$@"; else docker compose "$@"; fi; }
if ! have docker-compose && ! docker compose version >/dev/null 2>&1; then
  skip 'docker compose config' "Docker Compose $no_tool"
else
  # What the file insists on is for whoever runs it to say; here anything will do.
  settings=$(mktemp)
  grep -ohE '\$\{[A-Z0-9_]+:?\?' docker-compose.yml | tr -d '${:?' | sort -u | sed 's/$/=only-to-check-the-file/' >"$settings"
  profiles=$(compose --env-file "$settings" --profile '*' config --profiles)
  check 'docker compose config' compose --env-file "$settings" config --quiet
  for profile in $profiles; do check "docker compose --profile $profile config" compose --env-file "$settings" --profile "$profile" config --quiet; done
  rm -f "$settings"
fi

# --- The Helm chart, with its own values and with each of its ci/ ----------------------------------------------------------------

chart=deploy/helm/strata
if [ ! -d $chart ]; then skip 'helm lint' "there is no $chart"
elif ! have helm; then skip 'helm lint' "helm $no_tool"
else
  # Built from its module, helm takes an old Kubernetes for granted.
  kube=1.31.0
  values=("$chart/values.yaml")
  for file in $chart/ci/*.yaml; do if [ -f "$file" ]; then values+=("$file"); fi; done
  for file in "${values[@]}"; do
    check "helm lint --strict ($file)" helm lint --strict --quiet --kube-version $kube "$chart" --values "$file"
    rendered=$(mktemp)
    check "helm template ($file)" bash -c 'helm template check "$1" --values "$2" --kube-version "$4" >"$3"' - "$chart" "$file" "$rendered" $kube
    check "rendered objects ($file)" node scripts/check-rendered.mjs "$rendered"
    rm -f "$rendered"
  done
fi

# --- Prometheus and Grafana ------------------------------------------------------------------------------------------------------

found() { find docker deploy \( "$@" \) -not -path "$chart/*" -not -path '*/grafana/provisioning/*' 2>/dev/null | sort; }
mapfile -t configurations < <(found -name 'prometheus*.y*ml')
mapfile -t rules < <(found -name '*rules*.y*ml' -o -name '*alerts*.y*ml' | grep -v '\.test\.')
mapfile -t rule_tests < <(found -name '*.test.y*ml')
mapfile -t dashboards < <(find docker deploy -name '*.json' -path '*dashboard*' 2>/dev/null | sort)
queries=$(mktemp -d)
if [ ${#configurations[@]} = 0 ]; then skip 'promtool check config' 'there is no prometheus.yml beneath docker/ or deploy/'; fi
if [ ${#dashboards[@]} = 0 ]; then
  skip 'dashboards' 'there is no dashboard beneath docker/ or deploy/'
else
  check "dashboards are JSON, and ask for metrics that Strata has (${#dashboards[@]})" node scripts/check-dashboards.mjs "$queries/queries.yml" "${dashboards[@]}"
fi
if ! have promtool; then
  skip 'promtool (configuration, rules, the queries of dashboards)' "promtool $no_tool"
else
  for file in "${configurations[@]}"; do check "promtool check config $file" promtool check config --syntax-only "$file"; done
  for file in "${rules[@]}"; do check "promtool check rules $file" promtool check rules "$file"; done
  for file in "${rule_tests[@]}"; do check "promtool test rules $file" promtool test rules "$file"; done
  if [ -f "$queries/queries.yml" ]; then check 'promtool over the queries of dashboards' promtool check rules "$queries/queries.yml"; fi
fi
rm -rf "$queries"

echo
for line in "${not_run[@]+"${not_run[@]}"}"; do echo "not run: $line"; done
echo 'not run: the containers and the chart themselves: that wants Docker and a Kubernetes cluster'
exit $failed
