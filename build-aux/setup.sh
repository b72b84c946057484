# Sourced by ./run and ./test: installs what is missing and configures the build.

build_packages="gcc meson ninja-build pkg-config gettext desktop-file-utils
  libglib2.0-dev libgdk-pixbuf-2.0-dev libjpeg62-turbo-dev libjson-glib-dev libarchive-dev
  libsqlite3-dev zlib1g-dev
  libgtk-4-dev libadwaita-1-dev"
run_packages="librsvg2-common webp-pixbuf-loader adwaita-icon-theme fonts-dejavu-core"

say () { printf '%s\n' "$*" >&2; }
die () { say "$0: $*"; exit 1; }

# need_packages PACKAGE... : makes sure that they are installed, by name.
need_packages () {
  local missing=()

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    # Not Debian: the build tells what it lacks, and this says what it is called.
    if [ ! -f "$build/build.ninja" ] && ! meson --version >/dev/null 2>&1; then
      say "This is not a Debian system. Fovea needs what Debian calls:"
      say "  $*" | tr -s ' \n' ' ' >&2
      exit 1
    fi
    return
  fi

  mapfile -t missing < <(
    comm -23 <(printf '%s\n' "$@" | sort -u) \
             <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
               sed -n 's/^ii  *//p' | sort -u))
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null ||
      die "please install these packages as root, then start again: ${missing[*]}"
    as_root=(sudo)
  fi

  say "Installing with apt-get: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq >&2 || say "apt-get update failed; trying with the lists at hand"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 ||
    die "apt-get could not install: ${missing[*]}"
}

# configure : an optimised build in $build, made anew if it is broken.
configure () {
  [ -f "$build/build.ninja" ] || {
    say "Setting up the build"
    rm -rf "$build"
    meson setup "$build" >"$build.log" 2>&1 || { tail -n 20 "$build.log" >&2; die "meson setup failed"; }
    mv "$build.log" "$build/setup.log"
  }
}
