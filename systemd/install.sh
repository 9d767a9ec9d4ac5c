#!/usr/bin/env bash
# Installs what `make release` built, under $DESTDIR: the programs, units, catalog, user, man pages and completions under
# $PREFIX, the configuration in /etc. A configuration that is there is left as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
built=${BUILT:-.build-release/release}
destination=${DESTDIR:-}
prefix=${PREFIX:-/usr/local}
zsh_completions=${ZSH_COMPLETIONS:-$prefix/share/zsh/site-functions}
# What is installed is for everyone to read, whatever the umask.
umask 022

for program in importwatchd importwatchctl; do
    if [ ! -x "$built/$program" ]; then
        echo "$built/$program is missing: run make release first" >&2
        exit 1
    fi
    install -D -m 755 "$built/$program" "$destination$prefix/bin/$program"
done

for unit in systemd/*.service systemd/*.path; do
    target=$destination$prefix/lib/systemd/system/${unit##*/}
    install -D -m 644 "$unit" "$target"
    sed -i "s|/usr/bin/importwatch|$prefix/bin/importwatch|" "$target"
done
install -D -m 644 systemd/importwatchd.sysusers "$destination$prefix/lib/sysusers.d/importwatchd.conf"
install -D -m 644 systemd/importwatchd.catalog "$destination$prefix/lib/systemd/catalog/importwatchd.catalog"

for page in docs/man/*.[1-8]; do
    if [ -e "$page" ]; then install -D -m 644 "$page" "$destination$prefix/share/man/man${page##*.}/${page##*/}"; fi
done

for file in alerts.yml json.md verify-webhook.py verify-webhook.mjs; do
    install -D -m 644 "docs/$file" "$destination$prefix/share/doc/importwatchd/examples/$file"
done

completion() {
    mkdir -p "$(dirname "$destination$2")"
    # Shells source these: they are no scripts to be run.
    "$built/importwatchctl" --generate-completion-script "$1" | sed '1{/^#!/d}' >"$destination$2"
}
completion bash "$prefix/share/bash-completion/completions/importwatchctl"
completion zsh "$zsh_completions/_importwatchctl"
completion fish "$prefix/share/fish/vendor_completions.d/importwatchctl.fish"

for file in importwatchd.toml jobs.d/jobs.list; do
    target=$destination/etc/importwatchd/$file
    if [ -e "$target" ]; then
        echo "$target is there already and stays as it is"
    else
        install -D -m 644 "config/$file" "$target"
    fi
done

if [ -z "$destination" ]; then
    cat <<'TEXT'
Installed. As root, to run it as a service:
  systemd-sysusers
  chown root:importwatchd /etc/importwatchd && chmod 750 /etc/importwatchd
  journalctl --update-catalog
  systemctl daemon-reload
  systemctl enable --now importwatchd
TEXT
fi
