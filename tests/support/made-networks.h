#pragma once

#include "support/made-weights.h"

G_BEGIN_DECLS

/* The tensors of torchvision's and timm's networks, by the rules of those
 * libraries: written down a second time, for the tests to hold the engine's
 * descriptions against. width multiplies channels where a family has that. */

/* Convolutions before each of VGG's poolings. */
void made_alexnet            (MadeWeights *m, gsize classes);
void made_vgg                (MadeWeights *m, const guint convolutions[5], gboolean norm, gsize classes);

/* planes of the first stage, width inside its blocks; blocks in each stage. The
 * form is ' ', or timm's 'c' or 'd'. */
typedef struct
{
  gsize planes;
  gsize width;
  gsize groups;
  gboolean bottleneck;
  guint blocks[4];
  char form;
} MadeResNet;

void made_resnet             (MadeWeights *m, const MadeResNet *spec, gsize classes);
void made_densenet           (MadeWeights *m, gsize growth, gsize init, const guint blocks[4], gboolean early,
                              gsize classes);
void made_googlenet          (MadeWeights *m, gboolean aux, gsize classes);
void made_inception          (MadeWeights *m, gboolean aux, gsize classes);
void made_mobilenet_v2       (MadeWeights *m, double width, gsize classes);
void made_mnasnet            (MadeWeights *m, double width, gsize classes);
void made_mobilenet_v3       (MadeWeights *m, gboolean large, double width, gsize classes);
void made_mobilenet_v3_timm  (MadeWeights *m, gboolean large, gsize classes);
void made_shufflenet         (MadeWeights *m, gsize width, gsize last, gsize classes);
void made_efficientnet       (MadeWeights *m, double width, double depth, gboolean timm, gsize classes);
void made_efficientnet_v2    (MadeWeights *m, char size, gboolean timm, gsize classes);

/* The numbers by which the paper tells a RegNet from others; excited is Y. */
typedef struct
{
  guint depth;
  gsize w_0;
  double w_a;
  double w_m;
  gsize group;
  gboolean excited;
} MadeRegNet;

void made_regnet             (MadeWeights *m, const MadeRegNet *spec, gsize classes);
void made_convnext           (MadeWeights *m, gsize width, guint third, gsize classes);

G_END_DECLS
