#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Engine-internal: one loop over several threads. */

/**
 * CnnParallelFunc:
 * @index: which piece of the work
 * @worker: which of the threads does it, from 0 up to but without their number
 * @data: the data given to cnn_parallel_for()
 *
 * Does one piece of the work. Pieces must not depend on one another.
 */
typedef void (*CnnParallelFunc) (guint    index,
                                 guint    worker,
                                 gpointer data);

void cnn_parallel_for (guint           n_threads,
                       guint           n_pieces,
                       CnnParallelFunc func,
                       gpointer        data);

G_END_DECLS
