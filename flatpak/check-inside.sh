#!/bin/bash
# check-inside.sh: tries the installed Flatpak in a session of its own (see flatpak/check), and prints TAP.
# No fixed sleeps: every wait polls.
ID=io.github.fovea_app.Fovea
OUT=${OUT:-$HOME} PACK=${PACK:?the test pack}
MODEL=$PACK/models/squeezenet1_1-imagenet.safetensors
number=0 failures=0

report () {
  local result=$?
  number=$((number + 1))
  if [ $result = 0 ]; then echo "ok $number - $1"; else echo "not ok $number - $1"; failures=$((failures + 1)); fi
}
wait_for () { local i; for i in $(seq 300); do "$@" >/dev/null 2>&1 && return 0; sleep .1; done; return 1; }
shows ()    { wait_for xdotool search --onlyvisible --name "$1"; }
start ()    { flatpak --user run "$@" >"$HOME/fovea.log" 2>&1 & pid=$!; shows Fovea; }
stop ()     { flatpak kill $ID 2>/dev/null; wait $pid 2>/dev/null; }
inside ()   { flatpak --user run "${@:2}" --command=bash $ID -c "$1"; }
ended ()    { ! kill -0 "$pid"; }
colours ()  { import -window root "$2"; [ "$(identify -format %k "$2")" -ge "$1" ]; }
action ()   { gdbus call --session --dest $ID --object-path "$1" --method org.gtk.Actions.Activate "$2" "$3" '{}'; }
window=/io/github/fovea_app/Fovea/window/1

mkdir -p "$HOME/Pictures"
echo secret >"$HOME/secret.txt"

start $ID; report "shows its window"
wait_for colours 100 "$OUT/empty.png"; report "the window is not blank"
gdbus call --session --dest $ID --object-path $window --method org.gtk.Actions.List | grep -q open-folder
report "its actions can be reached on the bus"
action /io/github/fovea_app/Fovea quit '[]' >/dev/null; wait_for ended && wait $pid; report "quits with status 0"

inside "test ! -e $HOME/secret.txt && ! touch /app/x 2>/dev/null"; report "sees no files of the host"
/usr/bin/python3 -m http.server 8099 --bind 127.0.0.1 >/dev/null 2>&1 & server=$!
wait_for bash -c 'exec 3<>/dev/tcp/127.0.0.1/8099'
! inside 'exec 3<>/dev/tcp/127.0.0.1/8099' 2>/dev/null; report "has no network"
inside 'exec 3<>/dev/tcp/127.0.0.1/8099' --share=network 2>/dev/null; report "(the probe does connect where the network is given)"
kill $server

# The same answers as outside: the oracle's losses are those of PyTorch.
flatpak --user run --filesystem="$PACK:ro" --command=fovea-cli $ID validate "$PACK/imagenet" --model "$MODEL" \
  --limit 250 --quiet --output /var/tmp/results.json >"$HOME/validate.log" 2>&1
report "validates in the sandbox"
flatpak --user run --command=cat $ID /var/tmp/results.json >"$OUT/results.json" 2>/dev/null
python3 - "$OUT/results.json" "$PACK/oracle/squeezenet1_1" <<'PY'
import csv, json, sys
results = json.load(open(sys.argv[1]))
truth = [row for row in csv.DictReader(open(sys.argv[2] + '/center.tsv'), delimiter='\t')][:250]
summary = json.load(open(sys.argv[2] + '/summary.json'))['center']['250']
wrong = [s['file'] for s, t in zip(results['samples'], truth) if s['prediction'] != int(t['predicted'])]
off = abs(results['loss'] / summary['loss_seed'] - 1)
print(f'# {len(results["samples"])} pictures, {len(wrong)} predictions differ, loss off by {off:.1e}')
sys.exit(len(results['samples']) != 250 or bool(wrong) or off > 1e-4)
PY
report "and gets PyTorch's predictions and loss"

# A folder and a model that the person chooses come in by the portals.
cp -r "$PACK/imagenet" "$HOME/Pictures/imagenet"
cp "$MODEL" "$HOME/Pictures/model.safetensors"
start $ID
echo "$HOME/Pictures/imagenet" >"$MOCK_CHOICE"
action $window open-folder '[]' >/dev/null
wait_for grep -q "^OpenFile $ID" "$MOCK_LOG"; report "asks the file chooser portal for a folder"
shows 'imagenet'; report "opens the chosen folder"
echo "$HOME/Pictures/model.safetensors" >"$MOCK_CHOICE"
action $window open-model '[]' >/dev/null
shows 'SqueezeNet'; report "opens the chosen model"
wait_for colours 5000 "$OUT/explore.png"; report "shows pictures and maps"
stop

LANG=de_DE.UTF-8 start $ID; report "starts in German"
stop
echo "1..$number"
exit $((failures > 0))
