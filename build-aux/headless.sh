#!/bin/bash
# headless.sh FOVEA-CLI [fovea's arguments]: what ./run does where there is no display.
# Validates the data set and leaves fovea-results.json, .csv and .png in the working folder.
set -euo pipefail

cli=$1 dataset='' model=''
shift
while [ $# -gt 0 ]; do
  case $1 in
    --dataset|--model) [ $# -gt 1 ] || break; declare "${1#--}=$2"; shift ;;
    --dataset=*) dataset=${1#*=} ;;
    --model=*) model=${1#*=} ;;
    --sample|--page|--layer) shift ;;
    -*) ;;
    *.pth|*.pt|*.safetensors|*.onnx) model=$1 ;;
    *) dataset=$1 ;;
  esac
  shift || true
done

if [ -z "$dataset" ] || [ -z "$model" ]; then
  echo "To validate, give both: ./run --dataset FOLDER --model FILE" >&2
  exit 2
fi

"$cli" validate "$dataset" --model "$model" \
  --output fovea-results.json --csv fovea-results.csv --chart fovea-results.png
echo "Results: fovea-results.json and fovea-results.csv; accuracy class by class: fovea-results.png"
