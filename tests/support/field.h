#pragma once

#include <glib.h>

#include "kernels/cnn-kernels.h"

G_BEGIN_DECLS

/* A feature map for tests of kernels, with the numbers that it should hold
 * row-major. Its memory is allocated to the float, so that a sanitizer sees
 * whoever reads or writes beyond it. */
typedef struct
{
  CnnMap map;
  float *memory;
  gsize size;
  int border[4];                /* top, left, bottom, right */
  float *planes;
} Field;

Field  *field_new                     (int           channels,
                                       int           height,
                                       int           width,
                                       const int     border[4],
                                       int           pixel);
Field  *field_new_random              (int           channels,
                                       int           height,
                                       int           width,
                                       const int     border[4],
                                       int           pixel);
void    field_free                    (Field        *field);
double  field_look_up                 (const Field  *field,
                                       int           c,
                                       int           y,
                                       int           x);
float   field_get                     (const CnnMap *map,
                                       const float  *data,
                                       int           c,
                                       int           y,
                                       int           x);
void    field_assert_border_untouched (const Field  *field);
float  *random_channels               (int           n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Field, field_free)

G_END_DECLS
