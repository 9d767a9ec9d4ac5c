#!/usr/bin/env bash
# Makes the virtual environment that tests use for clients which are not ours.
set -euo pipefail
environment=.build/venv
[ -e "$environment/complete" ] && exit 0
rm -rf "$environment"
mkdir -p .build
echo "== making $environment with boto3, standardwebhooks, cryptography and varlink from PyPI"
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check boto3 standardwebhooks cryptography varlink
touch "$environment/complete"
