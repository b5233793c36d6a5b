#!/bin/sh
# The seed's story through the HTTP API: an error, the check that it names, that check's output, the cause.
# Needs curl and jq, and `kb serve` running on this machine: sh examples/serve-api.sh
set -eu
cd "$(dirname "$0")"
api=${KB_API:-http://127.0.0.1:8571}/api/v1
token=$(cat "${KB_TOKEN_FILE:-${XDG_DATA_HOME:-$HOME/.local/share}/kb-diagnose/serve.token}")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

ask() { curl --fail-with-body --silent --header "Authorization: Bearer $token" "$@"; }

ask --header 'Content-Type: application/octet-stream' --data-binary @pool-failover.txt \
  "$api/diagnose?name=pool-failover.txt" > "$work/first.json"
jq -r '"\(.diagnosis.verdict): \(.diagnosis.causes[0].title)", "run: \(.diagnosis.next_check.shown.commands[0].command)"' "$work/first.json"

jq '{handle, text: $output}' --rawfile output test-netconnection.txt "$work/first.json" > "$work/reply.json"
ask --header 'Content-Type: application/json' --data @"$work/reply.json" "$api/answer" > "$work/second.json"
jq -r '"\(.diagnosis.verdict): \(.diagnosis.causes[0].id)"' "$work/second.json"
