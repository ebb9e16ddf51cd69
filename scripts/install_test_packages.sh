#!/usr/bin/env bash
# Install the Debian packages whose real programs the tests run. Nothing is done when all are there.
set -euo pipefail

packages=(postgresql redis-server xmlsec1 chromium apache2 libapache2-mod-auth-openidc oathtool)
# Node may have come another way than by Debian's packages: its commands count.
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)

missing=()
for package in "${packages[@]}"; do
  status="$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)"
  [[ "$status" == installed ]] || missing+=("$package")
done

if [[ ${#missing[@]} -eq 0 ]]; then
  echo "All test packages are installed: ${packages[*]}"
  exit 0
fi

as_root=()
if [[ "$(id -u)" -ne 0 ]]; then
  as_root=(sudo -n)
fi
if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
  echo "The tests need these Debian packages; please install them as root: ${missing[*]}" >&2
  exit 1
fi

# The tests start their own servers. Debian's packages ask policy-rc.d before they start theirs:
# 101 says "not allowed". A policy the machine already has is left alone.
policy=/usr/sbin/policy-rc.d
if [[ ! -e "$policy" ]]; then
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
fi

apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get --quiet)
"${apt[@]}" update
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}"
echo "Installed: ${missing[*]}"
