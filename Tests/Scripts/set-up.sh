#!/usr/bin/env bash
# Installs the Debian packages that building (with "package", "test" and "bench": packaging, testing and measuring, too)
# needs; says which first, installs nothing twice.
set -euo pipefail
packages=(
    libcurl4-openssl-dev libssl-dev libsystemd-dev libsqlite3-dev libjansson-dev libtomlplusplus-dev pkg-config
    libc6-dev git ca-certificates binutils python3
)
case ${1:-build} in
test)
    packages+=(mandoc prometheus python3-venv openssl curl iproute2 procps)
    packages+=(systemd systemd-container dbus lintian dpkg-dev)
    ;;
bench)
    packages+=(nginx gcc golang-go golang-github-aws-aws-sdk-go-v2-dev python3-venv openssl util-linux)
    ;;
instructions) packages+=(valgrind) ;;
package) packages+=(dpkg-dev) ;;
esac
if ! command -v dpkg-query >/dev/null; then
    echo "== this is no Debian; should the build fail, install what these are called here: ${packages[*]}" >&2
    exit 0
fi
# Any version of the C++ headers will do; Swift's own installation usually brings them.
[ -d /usr/include/c++ ] || packages+=(g++)
missing=()
for package in "${packages[@]}"; do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
echo "== installing with apt: ${missing[*]}"
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "== that needs root, and there is no sudo: install them as root, then run make again" >&2
    exit 1
fi
as_root() { if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi; }

# Servers that apt would start are kept from starting while this runs.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ] && [ ! -L "$policy" ]; then
    trap 'as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
fi
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
