/* Template: copies of channels (see CnnGather). Include it after a header that
 * defines Block, Lanes and block_pick(). */

#include "kernels/cnn-kernels.h"

/* Lets a row of blocks take lanes from another one. A block is read before it is
 * written, so that the two may be the same. */
static inline void
gather_row (const CnnPick *pick,
            const float   *from,
            ptrdiff_t      from_pixel,
            float         *to,
            ptrdiff_t      to_pixel,
            int            n,
            int            clears)
{
  Lanes lanes = lanes_load (pick);
  Block zero = block_set (0);

  if (pick->is_whole && from == to)
    return;

  for (int x = 0; x < n; x++, from += from_pixel, to += to_pixel)
    block_store (to, block_pick (clears ? zero : block_load (to), from, lanes));
}

static void
KERNEL (cnn_gather_f32) (const CnnGather *gather,
                         const CnnPart   *part)
{
  const CnnMap *out = &gather->out;

  for (int block = part->block_begin; block < part->block_end; block++)
    for (int y = part->row_begin; y < part->row_end; y++)
      for (int i = gather->first_pick[block]; i < gather->first_pick[block + 1]; i++)
        {
          const CnnPick *pick = &gather->picks[i];
          const CnnMap *in = &gather->sources[pick->source];

          gather_row (pick, in->data + gather->distance + pick->block * in->block + y * in->row, in->pixel,
                      out->data + gather->distance + block * out->block + y * out->row, out->pixel,
                      out->width, gather->clears && i == gather->first_pick[block]);
        }
}
