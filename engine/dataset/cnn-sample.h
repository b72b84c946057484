#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CNN_TYPE_SAMPLE (cnn_sample_get_type ())

/**
 * CNN_NO_LABEL:
 *
 * The label of a picture whose true class is not known.
 */
#define CNN_NO_LABEL (-1)

/**
 * CnnSample:
 *
 * A picture of a data set with its true class. Immutable.
 */
G_DECLARE_FINAL_TYPE (CnnSample, cnn_sample, CNN, SAMPLE, GObject)

CnnSample  *cnn_sample_new        (const char *path,
                                   const char *name,
                                   int         label,
                                   const char *problem);
const char *cnn_sample_get_path   (CnnSample  *self);
const char *cnn_sample_get_name   (CnnSample  *self);
GFile      *cnn_sample_dup_file   (CnnSample  *self);
int         cnn_sample_get_label  (CnnSample  *self);
const char *cnn_sample_get_problem (CnnSample *self);

G_END_DECLS
