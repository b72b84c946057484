#!/bin/bash
# update-po.sh: lists every file with strings in po/POTFILES and merges new strings
# into the translations. Run it after strings have changed.
set -euo pipefail
cd "$(dirname "$0")/.."

{
  ls data/*.desktop.in data/*.metainfo.xml.in
  ls data/*.gschema.xml 2>/dev/null || true
  grep -lE '\b(_|N_|C_|NC_|ngettext|Q_) ?\(' -r app engine ui --include='*.c' || true
  grep -lE 'translatable="(yes|true)"' -r app ui --include='*.ui' || true
} | LC_ALL=C sort > po/POTFILES

pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
GETTEXTDATADIRS=data xgettext --files-from=po/POTFILES --from-code=UTF-8 --add-comments=Translators \
  --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 --keyword=ngettext:1,2 \
  --package-name=Fovea --msgid-bugs-address=https://github.com/fovea-app/fovea/issues --copyright-holder='The Fovea Contributors' --output="$pot"
for language in $(cat po/LINGUAS); do
  if [ -f "po/$language.po" ]; then
    msgmerge --quiet --update --backup=none --no-fuzzy-matching "po/$language.po" "$pot"
  else
    msginit --no-translator --locale="$language.UTF-8" --input="$pot" --output-file="po/$language.po"
  fi
  printf '%s: ' "$language"
  msgfmt --check --statistics --output-file=/dev/null "po/$language.po"
done
