#!/usr/bin/env bash
# Installs what is missing of the named Debian packages as root; else says what is missing and ends with 1.
# usage: [PYTHON=python3] system_packages.sh [venv] [mosquitto] [chromium] [dbus-daemon] [systemd-analyze] ...
set -euo pipefail

missing=()
for need in "$@"; do
  case $need in
    # The Python that the virtual environment is made with, as the Makefile has it.
    venv) "${PYTHON:-python3}" -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv) ;;
    systemd-analyze) command -v systemd-analyze >/dev/null || missing+=(systemd) ;;
    # The browser's driver is a program of its own that links against it.
    libatomic) PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q 'libatomic\.so\.1' || missing+=(libatomic1) ;;
    # What LightGBM's wheel expects of the system.
    libgomp) PATH=$PATH:/sbin:/usr/sbin ldconfig -p | grep -q 'libgomp\.so\.1' || missing+=(libgomp1) ;;
    # The verifiers of docs/integration.md are run in their own languages.
    node) command -v node >/dev/null || missing+=(nodejs) ;;
    php) command -v php >/dev/null || missing+=(php-cli) ;;
    dbus-daemon) command -v dbus-daemon >/dev/null || missing+=(dbus) ;;
    *) PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$need" >/dev/null || missing+=("$need") ;;
  esac
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "missing on this machine: ${missing[*]}. Install them, for example: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "installing with apt: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# A service that starts by itself would take the port that somebody else expects to be free.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi
apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
