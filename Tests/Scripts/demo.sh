#!/usr/bin/env bash
# Runs importwatchd against the simulator with a job of every outcome and checks that each notification arrives.
set -euo pipefail
bin=$(cd "$1" && pwd)
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
daemon_pid='' simulator_pid='' tail_pid=''
finish() {
    for pid in $daemon_pid $simulator_pid $tail_pid; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT

"$bin/ses-simulator" --scenario "$scripts/demo-scenario.json" >"$folder/simulator.log" &
simulator_pid=$!
for _ in $(seq 100); do
    grep -q '^webhooks' "$folder/simulator.log" && break
    sleep 0.1
done
ses=$(awk '/^ses /{print $2}' "$folder/simulator.log")
hooks=$(awk '/^webhooks /{print $2}' "$folder/simulator.log")

echo 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=' >"$folder/secret"
cat >"$folder/importwatchd.toml" <<TOML
region = "eu-west-1"
endpoint_url = "$ses"
jobs = ["newsletter-2026", "bounces-with-typos", "not-a-csv", "stopped-by-hand"]
jobs_files = ["*.list"]

[polling]
requests_per_second = 4
min_delay = "500ms"
max_delay = "2s"
not_found_grace = "4s"
deadline = "12s"

[[webhook]]
name = "ops"
url = "$hooks/hook/ops"
secret_file = "secret"

[[webhook]]
name = "flaky"
url = "$hooks/hook/flaky"
secret_file = "secret"
events = ["failed"]
TOML
printf '%s\n' deleted-meanwhile takes-for-ever 'starts-oddly   # a status that nobody knows' >"$folder/more.list"

echo "== importwatchd watches 7 jobs; the simulated SES allows 2 requests a second, the configuration 4"
: >"$folder/daemon.log"
tail -n +1 -q -F "$folder/daemon.log" "$folder/simulator.log" --pid=$$ 2>/dev/null &
tail_pid=$!
# Nothing of this shell's credentials, profiles or proxies is to matter.
env -i PATH="$PATH" HOME="$folder" AWS_ACCESS_KEY_ID=AKIDSIMULATOR AWS_SECRET_ACCESS_KEY=simulator-secret \
    "$bin/importwatchd" --config "$folder/importwatchd.toml" 2>"$folder/daemon.log" &
daemon_pid=$!

expected='completed newsletter-2026
completed_with_errors bounces-with-typos
failed not-a-csv
cancelled stopped-by-hand
lost deleted-meanwhile
overdue takes-for-ever
completed starts-oddly'

# Every notification: in the journal or on stderr, and at the webhook with a valid signature and a 2xx answer.
missing() {
    while read -r type job; do
        case $type in
        completed) words='completed:' ;;
        completed_with_errors) words='completed with failed records' ;;
        failed) words='failed' ;;
        cancelled) words='was cancelled' ;;
        lost) words='is not known to SES any more' ;;
        overdue) words='has not ended within its deadline' ;;
        esac
        grep -q "job $job $words" "$folder/daemon.log" || echo "in the journal: $type of job $job"
        grep -q "^webhook ops: ses.import_job.$type job $job, .*signature ok, answered 204" "$folder/simulator.log" ||
            echo "at webhook ops: $type of job $job"
    done <<<"$expected"
    grep -q '^webhook flaky: ses.import_job.failed job not-a-csv, .*try 2, signature ok, answered 204' \
        "$folder/simulator.log" || echo 'at webhook flaky: the second try of failed'
    grep -q ': throttled (TooManyRequestsException)' "$folder/daemon.log" || echo 'in the journal: throttled'
}

for _ in $(seq 90); do
    [ -z "$(missing)" ] && break
    kill -0 "$daemon_pid" 2>/dev/null || break
    sleep 0.5
done
sleep 0.3
echo
"$bin/importwatchctl" status --config "$folder/importwatchd.toml" || true
stopped=0
kill -TERM "$daemon_pid" 2>/dev/null || true
for _ in $(seq 100); do
    kill -0 "$daemon_pid" 2>/dev/null || break
    sleep 0.1
done
if kill -KILL "$daemon_pid" 2>/dev/null; then echo '== importwatchd did not stop within 10 s of SIGTERM'; fi
wait "$daemon_pid" || stopped=$?
daemon_pid=''
kill "$tail_pid" 2>/dev/null || true
tail_pid=''
echo
if [ "$stopped" -ne 0 ]; then
    echo "== importwatchd ended with $stopped"
    exit 1
fi
echo '== what the journal has of it (its lines as they are on stderr)'
grep -E ' job | source | webhook ' "$folder/daemon.log" || true
echo
if [ -n "$(missing)" ]; then
    echo '== these did not arrive:'
    missing
    exit 1
fi
echo '== every expected notification arrived'
