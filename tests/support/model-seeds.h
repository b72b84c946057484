#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A small right file of each format, to be damaged. */
typedef enum
{
  MODEL_SEED_SAFETENSORS,
  MODEL_SEED_TORCH_ZIP,
  MODEL_SEED_TORCH_DEFLATED,
  MODEL_SEED_TORCH_LEGACY,
  MODEL_SEED_ONNX,
  MODEL_SEED_ONNX_NHWC,
  N_MODEL_SEEDS,
} ModelSeed;

GBytes     *model_seed_new      (ModelSeed seed);
const char *model_seed_get_name (ModelSeed seed);

G_END_DECLS
