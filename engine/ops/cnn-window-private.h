#pragma once

#include "ops/cnn-field-private.h"

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

G_END_DECLS
