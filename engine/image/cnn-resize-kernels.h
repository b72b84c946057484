#pragma once

#include <stddef.h>
#include <stdint.h>

/* The two passes of a resize: they know pointers and sizes only, so that faster
 * ones can stand beside them. */

/* Fractional bits of a coefficient: 32 bits less 8 for the pixel and 2 for the
 * sum's sign and overshoot. */
#define CNN_RESIZE_PRECISION_BITS (32 - 8 - 2)

/* What one output position is made of. */
typedef struct
{
  size_t start;           /* first input position */
  size_t size;            /* how many of them, at most the stride of coefficients */
} CnnResizeSpan;

/* out is (out_width, 3), in is (in_width, 3); coefficients is (out_width, stride). */
void cnn_resize_row_c      (uint8_t             *out,
                            const uint8_t       *in,
                            size_t               out_width,
                            const CnnResizeSpan *spans,
                            const int32_t       *coefficients,
                            size_t               stride);

/* out is (n_bytes); rows is (n_rows, n_bytes), weighted by coefficients (n_rows);
 * sums is scratch space for n_bytes numbers. */
void cnn_resize_column_c   (uint8_t             *out,
                            const uint8_t       *rows,
                            size_t               n_bytes,
                            size_t               n_rows,
                            const int32_t       *coefficients,
                            int32_t             *sums);
