#!/bin/sh
# The seed's story on the page, as a browser without JavaScript has it: sign in, paste the error, paste the check's output.
# Needs curl, and `kb serve` running on this machine: sh examples/serve-page.sh
set -eu
cd "$(dirname "$0")"
page=${KB_PAGE:-http://127.0.0.1:8571}
token=$(cat "${KB_TOKEN_FILE:-${XDG_DATA_HOME:-$HOME/.local/share}/kb-diagnose/serve.token}")
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

browse() { curl --fail-with-body --silent --location --cookie "$work/jar" --cookie-jar "$work/jar" "$@"; }
field() { sed -n "s/.*name=\"$1\" value=\"\([^\"]*\)\".*/\1/p" "$2" | head -n 1; }
told() { sed -n 's/.*<p class="headline">\([^<]*\)<b>\([^<]*\)<.*/\1\2/p; s/.*<h1>\(.*\)<\/h1>.*/  \1/p' "$1"; }

browse --form "code=$token" "$page/signin" > "$work/home.html"
browse --form "form=$(field form "$work/home.html")" --form 'text=<pool-failover.txt' "$page/diagnose" > "$work/first.html"
told "$work/first.html"
field handle "$work/first.html" > "$work/handle"
browse --form "form=$(field form "$work/first.html")" --form "handle=<$work/handle" --form 'text=<test-netconnection.txt' \
  "$page/answer" > "$work/second.html"
told "$work/second.html"
