#!/usr/bin/env bash
# Boots a real systemd over a throw-away overlay of this machine's root, installs the package there, and checks what the
# service promises (suite.py). Nothing of the machine itself is written but the folder .build/container.
#
# Usage: run.sh PACKAGE.deb SES-SIMULATOR
# Where it can't run it says so and succeeds; with CI or CONTAINER_TESTS=required in the environment it fails.
set -euo pipefail

skip() {
    printf '%s\n' '' '!! NOT RUN: the tests in a booted systemd (unit, journal, watchdog, reload, package).' "!! $1" '' >&2
    if [ -n "${CI:-}" ] || [ "${CONTAINER_TESTS:-}" = required ]; then exit 1; fi
    exit 0
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=$(realpath "$1") simulator=$(realpath "$2")
kept=$here/../../.build/container

if [ "${3:-}" != --in-own-namespace ]; then
    [ "$(uname -s)" = Linux ] || skip 'They need Linux.'
    [ "$(id -u)" -eq 0 ] || skip "They need root; as root: ${BASH_SOURCE[0]} $package $simulator"
    command -v systemd-nspawn >/dev/null || skip 'They need systemd-nspawn (package systemd-container).'
    for folder in /usr /var /etc; do
        ! mountpoint -q "$folder" || skip "$folder is a mount of its own; an overlay of / would not show it."
    done
    # What is mounted from here on is seen by nobody else, and goes away with this process.
    exec unshare --mount --propagation private "${BASH_SOURCE[0]}" "$package" "$simulator" --in-own-namespace
fi

work=$(mktemp -d)
trap 'umount -l "$work"; rmdir "$work"' EXIT
mount -t tmpfs -o mode=755 tmpfs "$work"
root=$work/root
mkdir "$work/upper" "$work/work" "$root" "$work/libraries" "$work/out"
if ! problem=$(mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$root" 2>&1); then
    skip "No overlay of / can be mounted: $problem"
fi
# systemd-nspawn leaves a folder there.
mkdir -p /run/systemd/nspawn
mount -t tmpfs tmpfs /run/systemd/nspawn

# Nothing that this machine has enabled is to start inside; only what systemd itself brings for sysinit.target stays.
rm -rf "$root"/etc/systemd/system/* "$root/usr/sbin/policy-rc.d"
for unit in systemd-timesyncd.service systemd-pstore.service systemd-update-utmp.service; do
    ln -s /dev/null "$root/etc/systemd/system/$unit"
done
: >"$root/etc/fstab"
systemd-id128 new >"$root/etc/machine-id"
cp "$here"/importwatchd-test.* "$root/etc/systemd/system/"
# An installation of this machine's own is not what is tested.
rm -rf "$root"/etc/importwatchd "$root"/var/lib/importwatchd* "$root"/var/log/journal/*

# Inside there is no Swift: the simulator gets the libraries that it needs, the daemon has to do without.
swift=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
case $swift in
/usr | /usr/local | /) skip "Swift lies in $swift among other programs and can't be hidden from the daemon." ;;
esac
ldd "$simulator" | awk -v swift="$swift" 'index($3, swift) == 1 { print $3 }' | xargs -r cp -t "$work/libraries"
"$swift/bin/clang" -shared -fPIC -O1 -o "$work/libraries/slow-disk.so" "$here/slow-disk.c"

: >"$work/out/report"
tail -n +1 -f "$work/out/report" &
tail_pid=$!
begun=$(date +%s.%N)
status=0
timeout --kill-after=10 600 systemd-nspawn --quiet --directory="$root" --machine=importwatchd-test --register=no \
    --keep-unit --private-network --console=read-only --tmpfs="$swift" --bind="$work/out:/test/out" \
    --bind-ro="$here:/test/suite" --bind-ro="$package:/test/package.deb" --bind-ro="$simulator:/test/ses-simulator" \
    --bind-ro="$work/libraries:/test/libraries" --bind-ro="$here/../..:/test/project" --boot systemd.unit=importwatchd-test.target \
    </dev/null >"$work/out/console" 2>&1 || status=$?
ended=$(date +%s.%N)
sleep 0.3
kill "$tail_pid"
wait "$tail_pid" 2>/dev/null || true

rm -rf "$kept"
mkdir -p "$kept"
cp -r "$work"/out/. "$kept/"
printf '== from boot to end of the container: %.1f s\n' "$(awk "BEGIN { print $ended - $begun }")"
if [ "$status" -ne 0 ] || ! grep -q '^== [0-9]* checks in a booted systemd, 0 failed' "$work/out/report"; then
    echo "== the tests in a booted systemd failed (status $status); its journal and console are in .build/container"
    exit 1
fi
