#!/bin/sh
# Makes this checkout runnable: system packages, then .venv from the hashed lock, then bcma itself.
#
#   installer/setup.sh run    what the product needs, and what plays the demo without a screen
#   installer/setup.sh dev    and what the tests need
#   installer/setup.sh emr    and what the reference EMR needs (docs/emr.md)
#
# Does nothing when all is there. Exit status 3: a person must install system packages first;
# the line to type is printed.
set -eu

set_of=${1:-run}
cd "$(dirname "$0")/.."
here=$(pwd -P)

qt="libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libpulse0 libx11-6
    libx11-xcb1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
    libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1
    libxkbcommon-x11-0 libxkbcommon0"
no_screen="openbox xauth xdotool xvfb"
readers="libzbar0"
for_tests="poppler-utils postgresql postgresql-common"
for_emr="default-jdk-headless maven"
command -v npm >/dev/null || for_emr="$for_emr nodejs npm" # other houses' packages carry both in one

case $set_of in
    run) lock=requirements.txt; needed="$qt $no_screen $readers" ;;
    dev) lock=requirements-dev.txt; needed="$qt $no_screen $readers $for_tests" ;;
    emr) lock=requirements-dev.txt; needed="$qt $no_screen $readers $for_tests $for_emr" ;;
    *) echo "usage: installer/setup.sh run|dev|emr" >&2; exit 2 ;;
esac

say() { printf '%s\n' "$*" >&2; }

# A Python of 3.11 or later that can make an environment; a name alone proves nothing.
python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# Packages of the list that are not installed, counting those that others provide (libzbar0t64).
missing() {
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr ', ' '\n\n')
    for package in "$@"; do
        printf '%s\n' "$installed" | grep -qxF "$package" || printf '%s ' "$package"
    done
}

system_packages() {
    if ! command -v apt-get >/dev/null; then
        say "No apt-get here: install what corresponds to these packages of Debian:" $needed
        return
    fi
    python >/dev/null || needed="$needed python3 python3-venv"
    absent=$(missing $needed)
    [ -n "$absent" ] || return 0
    install="apt-get install -y --no-install-recommends $absent"
    if [ "$(id -u)" = 0 ]; then
        as_root="env DEBIAN_FRONTEND=noninteractive"
    elif sudo -n true 2>/dev/null; then
        as_root="sudo -n env DEBIAN_FRONTEND=noninteractive"
    else
        say "System packages are missing. Please run this line, then start again:"
        say "    sudo apt-get update && sudo $install"
        exit 3
    fi
    say "Installing system packages: $absent"
    $as_root apt-get update -q || say "Going on with the package lists that are here."
    $as_root $install
}

environment() {
    stamp=.venv/.set-up-$set_of
    state=$(cat requirements.txt requirements-dev.txt pyproject.toml | cksum)
    for done_before in "$stamp" .venv/.set-up-dev; do
        if [ "$(cat "$done_before" 2>/dev/null)" = "$here $state" ] &&
            .venv/bin/python -c 'import bcma' 2>/dev/null; then
            return 0
        fi
    done
    # An environment knows its folder: one that was moved, or whose Python is gone, is made anew.
    if ! .venv/bin/python -c '' 2>/dev/null || ! grep -qF "$here/.venv/" .venv/bin/pip; then
        if ! interpreter=$(python); then
            say "No Python of 3.11 or later with the modules venv and ensurepip was found."
            exit 3
        fi
        say "Making .venv with $interpreter"
        [ ! -L .venv ] || rm .venv # what a link leads to is somebody else's, and never cleared
        "$interpreter" -m venv --clear .venv
    fi
    say "Installing the packages of $lock"
    pip="$here/.venv/bin/python -m pip --disable-pip-version-check install --quiet --compile"
    $pip --use-pep517 --require-hashes --requirement "$lock"
    $pip --no-deps --no-build-isolation --editable .
    echo "$here $state" >"$stamp"
}

# The examples of the FHIR specification come by npm; without it their tests are skipped.
examples() {
    ls build/examples/*.tgz >/dev/null 2>&1 && return
    command -v npm >/dev/null || return 0
    .venv/bin/python -m tests.examples || say "Going on without the examples of FHIR."
}

system_packages
environment
[ "$set_of" = run ] || examples
