#!/bin/sh
# Chromium for the browser tests: there already, installed through the system's package manager
# where this user may, else one line that says what to install. Its headless shell, which has no
# windows and takes a third less time, comes first where the system packages it; root gets it
# beside a Chromium too.
[ -n "$HEADLIGHT_BROWSER" ] && exit 0
there() {
    for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return 0; done
    return 1
}
there chromium-headless-shell chrome-headless-shell && exit 0
there chromium chromium-browser google-chrome google-chrome-stable && chromium=yes || chromium=""

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    [ -n "$chromium" ] && exit 0
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
apt_install() {
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq \
        -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 "$@" >/dev/null
}
if [ "$as_root" != "no" ]; then
    echo "Installing Chromium for the browser tests"
    if command -v apt-get >/dev/null 2>&1; then
        $as_root apt-get update -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20
        apt_install chromium-headless-shell fonts-noto-cjk 2>/dev/null && exit 0
        [ -n "$chromium" ] && exit 0
        apt_install chromium fonts-noto-cjk && exit 0
    elif [ -n "$chromium" ]; then
        exit 0
    elif command -v dnf >/dev/null 2>&1; then
        $as_root dnf install -y -q chromium google-noto-sans-cjk-fonts && exit 0
    elif command -v pacman >/dev/null 2>&1; then
        $as_root pacman -Sy --noconfirm --quiet chromium noto-fonts-cjk && exit 0
    elif command -v apk >/dev/null 2>&1; then
        $as_root apk add --quiet chromium font-noto-cjk && exit 0
    fi
fi
echo "The browser tests need Chromium: install the package 'chromium' (Debian, Fedora, Arch, Alpine) or Google Chrome, or name one in HEADLIGHT_BROWSER, then run make test again." >&2
exit 1
