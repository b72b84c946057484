#pragma once

/* Engine-internal: lets a finish start elsewhere. Shared by all instruction sets. */

#include "kernels/cnn-kernels.h"

static inline void
cnn_pointer_move (float     **pointer,
                  ptrdiff_t   distance)
{
  if (*pointer != 0)
    *pointer += distance;
}

/* Moves what lies as the output does. */
static inline void
cnn_finish_move_kept (CnnFinish *finish,
                      ptrdiff_t  distance)
{
  cnn_pointer_move (&finish->before_scale, distance);
  cnn_pointer_move (&finish->before_add, distance);
  cnn_pointer_move (&finish->before_clamp, distance);
  cnn_pointer_move (&finish->before_functions, distance);

  for (int i = 0; i < finish->n_functions; i++)
    cnn_pointer_move (&finish->functions[i].kept, distance);
}

/* For another picture, whose maps lie so many floats further on. */
static inline void
cnn_finish_move_picture (CnnFinish *finish,
                         ptrdiff_t  distance)
{
  cnn_finish_move_kept (finish, distance);
  cnn_pointer_move (&finish->addend.data, distance);

  for (int i = 0; i < finish->n_functions; i++)
    if (finish->functions[i].operand.is_map)
      finish->functions[i].operand.data += distance;
}

/* For an output that starts so many columns further on. */
static inline void
cnn_finish_move_columns (CnnFinish    *finish,
                         const CnnMap *out,
                         int           columns)
{
  cnn_finish_move_kept (finish, columns * out->pixel);
  cnn_pointer_move (&finish->addend.data, columns * finish->addend.pixel);

  for (int i = 0; i < finish->n_functions; i++)
    if (finish->functions[i].operand.is_map)
      finish->functions[i].operand.data += columns * finish->functions[i].operand.pixel;
}
