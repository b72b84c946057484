#pragma once

#include <glib.h>

#include "kernels/cnn-kernels.h"

G_BEGIN_DECLS

/* Engine-internal: how a Winograd convolution is shared among threads. */

gsize cnn_winograd_get_scratch_size (CnnWinogradSize   size,
                                     int               n_in_blocks);
void  cnn_winograd_run              (const CnnKernels *kernels,
                                     CnnWinogradSize   size,
                                     const CnnConv    *conv,
                                     guint             n_pictures,
                                     gsize             distance,
                                     guint             n_threads,
                                     float            *scratch);

G_END_DECLS
