#!/usr/bin/env bash
# Makes the virtual environment that tests use for clients which are not ours.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
environment=.build/venv
packages=(boto3 'moto[server]' standardwebhooks cryptography 'cloudevents>=2' varlink)
# Another list of packages makes the environment anew.
complete=$environment/complete-$(cksum <<<"${packages[*]}" | cut -d' ' -f1)
[ -e "$complete" ] && exit 0
mkdir -p .build
# Two of these at a time would spoil each other's work.
exec 9>.build/venv.lock
flock 9
[ -e "$complete" ] && exit 0
rm -rf "$environment"
echo "== making $environment with ${packages[*]} from PyPI"
python3 -m venv "$environment"
if ! "$environment/bin/pip" install --quiet --disable-pip-version-check "${packages[@]}"; then
    echo "== PyPI did not give ${packages[*]}; tests need them: is https://pypi.org within reach?" >&2
    exit 1
fi
touch "$complete"
