#!/bin/bash
# screenshots.sh FOVEA OUT [fovea's arguments]: pictures of every page, at 360, 900 and 1600 pixels, light and dark, on a
# screen of their own. Each is taken when the window has stopped changing. $PAGES, $WIDTHS and $SCHEMES choose fewer.
set -euo pipefail

if [ "${SCREENSHOTS_INNER:-}" != 1 ]; then
  home=$(mktemp -d)
  trap 'rm -rf "$home"' EXIT
  mkdir -p -m 700 "$home/run" "$2"
  env -u WAYLAND_DISPLAY HOME="$home" XDG_RUNTIME_DIR="$home/run" GSETTINGS_BACKEND=memory SCREENSHOTS_INNER=1 \
    ADW_DISABLE_PORTAL=1 GTK_A11Y=none \
    xvfb-run -a -s '-screen 0 1600x1000x24 -noreset' dbus-run-session -- "$0" "$@" 2>"$2/log.txt"
  exit
fi

fovea=$1 out=$2
shift 2

take () { # take NAME: waits until two pictures in a row are equal
  local i
  import -window "$window" "$out/$1.png"
  for i in $(seq 40); do
    sleep .5
    import -window "$window" "$out/.next.png"
    cmp -s "$out/$1.png" "$out/.next.png" && break
    mv "$out/.next.png" "$out/$1.png"
  done
  rm -f "$out/.next.png"
}

for scheme in ${SCHEMES:-light dark}; do
  for page in ${PAGES:-explore network evaluate learn}; do
    ADW_DEBUG_COLOR_SCHEME=prefer-$scheme "$fovea" --page "$page" "$@" &
    pid=$!
    window=$(xdotool search --sync --onlyvisible --pid $pid --class fovea | tail -n 1)
    # Files are read in the background: give it time to begin.
    sleep 3
    for width in ${WIDTHS:-1600 900 360}; do
      height=$((width == 1600 ? 1000 : 720))
      xdotool windowmove "$window" 0 0 windowsize "$window" "$width" "$height"
      sleep 1
      take "$page-$width-$scheme"
    done
    kill $pid
    wait $pid 2>/dev/null || true
  done
done
