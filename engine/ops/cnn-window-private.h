#pragma once

#include "ops/cnn-op-private.h"

G_BEGIN_DECLS

/* A window that slides along one axis of a map, as in convolution and pooling:
 * cell o of the output looks at the cells o·stride − before + t·dilation of the
 * input, for t from 0 to kernel − 1, those outside the input being padding. */
typedef struct
{
  gsize in;
  gsize out;
  gsize kernel;
  gsize stride;
  gsize dilation;
  gsize before;
  gsize after;
} CnnWindow;

/* From first up to, but without, end. */
typedef struct
{
  gsize first;
  gsize end;
} CnnRange;

#define CNN_AXIS_HEIGHT 0
#define CNN_AXIS_WIDTH 1

/* How far a receptive field reaches at most: further than any picture, and far
 * from overflowing. */
#define CNN_FIELD_MAX (G_GINT64_CONSTANT (1) << 40)

gboolean cnn_window_init          (CnnWindow               *self,
                                   const CnnAttributes     *attributes,
                                   guint                    axis,
                                   gsize                    in,
                                   gboolean                 ceil_mode,
                                   GError                 **error);
gboolean cnn_window_init_pool     (CnnWindow                windows[2],
                                   const CnnOpContext      *context,
                                   const CnnShape          *inputs,
                                   GError                 **error);
gssize   cnn_window_get_start     (const CnnWindow         *self,
                                   gsize                    cell);
CnnRange cnn_window_get_taps      (const CnnWindow         *self,
                                   gsize                    cell);
gsize    cnn_window_get_n_padded  (const CnnWindow         *self,
                                   gsize                    cell);
CnnRange cnn_window_get_cells     (const CnnWindow         *self,
                                   gsize                    tap);
CnnRange cnn_window_get_adaptive  (gsize                    in,
                                   gsize                    out,
                                   gsize                    cell);

/* A run of cells of an axis whose fields move in equal steps: from cell first
 * on, n of them, seeing size pixels each, the first one from offset on. */
typedef struct
{
  gint64 first;
  gint64 n;
  gint64 offset;
  gint64 stride;
  gint64 size;
} CnnFieldRun;

gint64   cnn_field_reach          (gint64                   start,
                                   gint64                   n,
                                   gint64                   step);
void     cnn_field_see_window     (const CnnAttributes     *attributes,
                                   const CnnReceptiveField *field,
                                   CnnReceptiveField       *output);
void     cnn_field_see_extent     (const CnnReceptiveField *field,
                                   guint                    axis,
                                   gsize                    extent,
                                   CnnReceptiveField       *output);
void     cnn_field_see_everything (const CnnShape          *shape,
                                   const CnnReceptiveField *field,
                                   CnnReceptiveField       *output);
void     cnn_field_cover          (const CnnFieldRun       *runs,
                                   guint                    n_runs,
                                   const gint64            *strides,
                                   guint                    n_strides,
                                   guint                    axis,
                                   CnnReceptiveField       *output);
void     cnn_field_join           (const CnnShape          *shapes,
                                   const CnnReceptiveField *fields,
                                   guint                    n_branches,
                                   guint                    axis,
                                   gboolean                 in_turn,
                                   CnnReceptiveField       *output);
gsize    cnn_field_get_extent     (const CnnShape          *shape,
                                   guint                    axis);

G_END_DECLS
