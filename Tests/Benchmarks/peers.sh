#!/usr/bin/env bash
# Builds the clients that the benchmarks compare with, into the folder $1: C, Go with Debian's aws-sdk-go-v2, and a
# virtual environment with boto3 and aiobotocore from PyPI.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/Peers"
read -ra flags <<<"$(pkg-config --cflags --libs libcurl libcrypto jansson)"
cc -O2 -Wall -Wextra -Werror -o "$folder/ceiling" ceiling.c "${flags[@]}"
if [ sdk.go -nt "$folder/sdk" ]; then
    echo '== building the Go client'
    # Debian's packages are the module path; nothing is fetched.
    GO111MODULE=off GOPATH=/usr/share/gocode GOFLAGS= go build -o "$folder/sdk" sdk.go
fi
complete=$folder/venv/complete
[ -e "$complete" ] && exit 0
echo "== making $folder/venv with boto3 and aiobotocore from PyPI"
rm -rf "$folder/venv"
python3 -m venv "$folder/venv"
pip=("$folder/venv/bin/pip" install --quiet --disable-pip-version-check)
# aiobotocore takes few versions of botocore, and boto3 has botocore's number: this order spares pip a long search.
if ! "${pip[@]}" aiobotocore ||
    ! "${pip[@]}" "boto3==$("$folder/venv/bin/python" -c 'import botocore; print(botocore.__version__)')"; then
    echo '== PyPI did not give them: is https://pypi.org within reach?' >&2
    exit 1
fi
touch "$complete"
