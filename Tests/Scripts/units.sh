#!/usr/bin/env bash
# Has systemd look at the units: they are well-formed, and the services' exposure is at most 1.1 of 10.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for unit in systemd/*.service systemd/*.path; do
    # The programs need not be installed; what is said about their commands would be about this machine.
    sed 's|/usr/bin/importwatch[a-z]*|/bin/true|' "$unit" >"$folder/${unit##*/}"
done
mv "$folder/importwatchd@.service" "$folder/importwatchd@eu.service"

# systemd tells some problems only as words, without a bad exit code.
said=$(systemd-analyze verify --man=no --recursive-errors=no "$folder"/importwatchd* 2>&1) || true
if [ -n "$said" ]; then
    printf '%s\n' "$said"
    exit 1
fi
for unit in importwatchd.service importwatchd@eu.service; do
    if ! report=$(systemd-analyze security --offline=true --threshold=11 --no-pager "$folder/$unit" 2>&1); then
        printf '%s\n' "$report" | grep -v '^✓'
        exit 1
    fi
    printf '== %s\n' "$(tail -n 1 <<<"$report" | sed 's/^→ //')"
done
