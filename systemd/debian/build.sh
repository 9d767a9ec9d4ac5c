#!/usr/bin/env bash
# Makes the Debian package of what `make release` built, with dpkg's own tools, beside it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
version=$(sed -n 's/.*importWatchVersion = "\(.*\)"/\1/p' Sources/ImportWatch/Version.swift)
if [ "$(dpkg-parsechangelog -l systemd/debian/changelog -S Version)" != "$version" ]; then
    echo "systemd/debian/changelog does not begin with version $version, that of the program" >&2
    exit 1
fi
work=$PWD/.build-release/deb
root=$work/root
rm -rf "$work" .build-release/importwatchd_*.deb
mkdir -p "$root/DEBIAN"
umask 022
# The same files make the same package.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l systemd/debian/changelog -S Timestamp)
export SOURCE_DATE_EPOCH

DESTDIR=$root PREFIX=/usr ZSH_COMPLETIONS=/usr/share/zsh/vendor-completions systemd/install.sh
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root"/usr/bin/*
find "$root/usr/share/man" -type f -exec gzip -9n {} + 2>/dev/null || true
install -D -m 644 systemd/debian/copyright "$root/usr/share/doc/importwatchd/copyright"
install -D -m 644 systemd/debian/changelog "$root/usr/share/doc/importwatchd/changelog"
gzip -9n "$root/usr/share/doc/importwatchd/changelog"
for script in postinst prerm postrm; do install -m 755 "systemd/debian/$script" "$root/DEBIAN/$script"; done
(cd "$root" && find etc -type f -printf '/%p\n' | sort >DEBIAN/conffiles)
(cd "$root" && find usr -type f -printf '%P\n' | sort | sed 's|^|usr/|' | xargs -d '\n' md5sum >DEBIAN/md5sums)

# dpkg's tools want a folder debian/ in the working directory.
cp -r systemd/debian "$work/debian"
if [ -n "${MAINTAINER:-}" ]; then
    sed -i "s|^Maintainer: .*|Maintainer: $MAINTAINER|" "$work/debian/control"
fi
if [ -n "${HOMEPAGE:-}" ]; then
    sed -i "/^Homepage: /d; s|^Maintainer: .*|&\nHomepage: $HOMEPAGE|" "$work/debian/control"
fi
if grep -q '^Maintainer: .*[.]invalid>$' "$work/debian/control"; then
    echo '== the package names no maintainer who can be reached: make deb MAINTAINER="Name <address>" HOMEPAGE=https://…' >&2
fi
cd "$work"
dpkg-shlibdeps -Tdebian/substvars "$root"/usr/bin/*
dpkg-gencontrol -Tdebian/substvars -fdebian/files -P"$root"
cd - >/dev/null
dpkg-deb --root-owner-group --build "$root" .build-release >/dev/null
echo "== .build-release/importwatchd_${version}_$(dpkg --print-architecture).deb"
