#pragma once

#include "support/field.h"

G_BEGIN_DECLS

/* What a kernel shall do to its sums on their way to memory, some of it or all,
 * and where it shall leave the values on the way. */
typedef struct
{
  CnnFinish finish;
  float *scale;
  float *shift;
  Field *addend;
  Field *kept[3];               /* before scale, add, clamp */
} Finished;

void finished_init   (Finished       *self,
                      const Field    *out);
void finished_clear  (Finished       *self);
void finished_assert (const Finished *self,
                      const CnnMap   *out,
                      int             c,
                      int             y,
                      int             x,
                      double          sum,
                      double          magnitude);
void assert_near     (float           found,
                      double          expected,
                      double          magnitude);

G_END_DECLS
