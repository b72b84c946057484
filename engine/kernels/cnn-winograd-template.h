/* Template: convolutions of 3×3 with fewer multiplications. Include it after
 * cnn-conv-template.h.
 *
 * Two neighbouring sums of three products each,
 *
 *     y0 = d0·g0 + d1·g1 + d2·g2        y1 = d1·g0 + d2·g1 + d3·g2,
 *
 * take six multiplications as they stand. Four do: multiplying the polynomials
 * g0 + g1·x + g2·x² and h0 + h1·x gives one of degree 3, which is known when its
 * values at four points are, each of them one product; and what is wanted here is
 * the transpose of that. This is Winograd's algorithm. Andrew Lavin and Scott Gray
 * (“Fast Algorithms for Convolutional Neural Networks”, CVPR 2016) nest it in two
 * dimensions:
 *
 *     Y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A
 *
 * F(m×m, 3×3) makes a tile of m×m outputs from (m+2)×(m+2) inputs d with (m+2)²
 * multiplications: for an output, F(2×2) takes 4 and F(4×4) takes 2¼, where 9 are
 * written. A, B and G are linear: inputs are transformed once for all output
 * channels, products are added up over the input channels before they are
 * transformed back, and weights are transformed long before (cnn-winograd.c). Between
 * lie (m+2)² matrix products [tiles × inputs] · [inputs × outputs], one for each
 * element of a tile, which are computed as convolutions are.
 *
 * F(2×2) takes the points 0, ±1, ∞; F(4×4) takes 0, ±a, ±b, ∞. All a and b give the
 * same result, and each its own rounding errors, as powers of points far from 1
 * leave numbers of very different size to be added. Lavin and Gray have 1 and 2;
 * with a = 11/16 and b = 3/2 the error is a third of theirs, about twice that of
 * the sum as it is written, and every constant is exact in a float. */

#include "kernels/cnn-finish.h"
#include "kernels/cnn-winograd.h"

/* Bᵀ d in one dimension: element p is the input seen as coefficients of the
 * polynomial that is zero at all points but p. */
static ALWAYS_INLINE void
winograd_spread (const Block     *d,
                 Block           *v,
                 CnnWinogradSize  size)
{
  const float a = CNN_WINOGRAD_A, b = CNN_WINOGRAD_B;

  if (size == CNN_WINOGRAD_2X2)
    {
      v[0] = block_subtract (d[2], d[0]);
      v[1] = block_add (d[2], d[1]);
      v[2] = block_subtract (d[2], d[1]);
      v[3] = block_subtract (d[3], d[1]);
    }
  else
    {
      Block squares = block_set (-a * a - b * b), product = block_set (a * a * b * b);
      Block even_a = block_multiply_add (d[2], block_set (-b * b), d[4]);
      Block odd_a = block_multiply_add (d[1], block_set (-b * b), d[3]);
      Block even_b = block_multiply_add (d[2], block_set (-a * a), d[4]);
      Block odd_b = block_multiply_add (d[1], block_set (-a * a), d[3]);

      v[0] = block_multiply_add (d[0], product, block_multiply_add (d[2], squares, d[4]));
      v[1] = block_multiply_add (odd_a, block_set (a), even_a);
      v[2] = block_multiply_add (odd_a, block_set (-a), even_a);
      v[3] = block_multiply_add (odd_b, block_set (b), even_b);
      v[4] = block_multiply_add (odd_b, block_set (-b), even_b);
      v[5] = block_multiply_add (d[1], product, block_multiply_add (d[3], squares, d[5]));
    }
}

/* Aᵀ m in one dimension: row i has the i-th powers of the points. */
static ALWAYS_INLINE void
winograd_gather (const Block     *m,
                 Block           *y,
                 CnnWinogradSize  size)
{
  const float a = CNN_WINOGRAD_A, b = CNN_WINOGRAD_B;
  Block even_a = block_add (m[1], m[2]);
  Block odd_a = block_subtract (m[1], m[2]);

  if (size == CNN_WINOGRAD_2X2)
    {
      y[0] = block_add (m[0], even_a);
      y[1] = block_add (odd_a, m[3]);
    }
  else
    {
      Block even_b = block_add (m[3], m[4]);
      Block odd_b = block_subtract (m[3], m[4]);

      y[0] = block_add (m[0], block_add (even_a, even_b));
      y[1] = block_multiply_add (odd_b, block_set (b), block_multiply (odd_a, block_set (a)));
      y[2] = block_multiply_add (even_b, block_set (b * b), block_multiply (even_a, block_set (a * a)));
      y[3] = block_multiply_add (odd_b, block_set (b * b * b),
                                 block_multiply_add (odd_a, block_set (a * a * a), m[5]));
    }
}

/* Bᵀ d B for the tile whose inputs begin at from. */
static ALWAYS_INLINE void
winograd_transform_input (const CnnMap    *in,
                          const float     *from,
                          float           *to,
                          ptrdiff_t        stride,
                          CnnWinogradSize  size)
{
  const int n = cnn_winograd_outputs (size) + 2;
  Block rows[6][6];

  UNROLL for (int x = 0; x < n; x++)
    {
      Block d[6], v[6];

      UNROLL for (int y = 0; y < n; y++)
        d[y] = block_load (from + y * in->row + x * CNN_BLOCK);
      winograd_spread (d, v, size);
      UNROLL for (int i = 0; i < n; i++)
        rows[i][x] = v[i];
    }

  UNROLL for (int i = 0; i < n; i++)
    {
      Block v[6];

      winograd_spread (rows[i], v, size);
      UNROLL for (int j = 0; j < n; j++)
        block_store (to + (i * n + j) * stride, v[j]);
    }
}

static ALWAYS_INLINE void
winograd_inputs (const CnnConv     *conv,
                 const CnnTiles    *tiles,
                 const CnnTilePart *part,
                 CnnWinogradSize    size)
{
  const CnnMap *in = &conv->in;
  const CnnStencil *stencil = &conv->stencil;
  const int outputs = cnn_winograd_outputs (size);
  int n_columns = cnn_winograd_tiles (size, conv->out.width);
  int n_rows = cnn_winograd_tiles (size, conv->out.height);
  ptrdiff_t stride = cnn_winograd_stride ((ptrdiff_t) cnn_n_blocks (in->channels) * tiles->n);

  for (int block = part->block_begin; block < part->block_end; block++)
    {
      const float *corner = in->data + block * in->block -
                            stencil->padding[0] * in->row - stencil->padding[1] * CNN_BLOCK;
      float *to = tiles->inputs +
                  ((ptrdiff_t) block * tiles->n + part->tile_begin - tiles->first) * CNN_BLOCK;

      for (int tile = part->tile_begin; tile < part->tile_end; tile++, to += CNN_BLOCK)
        {
          int row = tile / n_columns, column = tile % n_columns;

          winograd_transform_input (in,
                                    corner + row / n_rows * tiles->picture +
                                    row % n_rows * outputs * in->row + column * outputs * CNN_BLOCK,
                                    to, stride, size);
        }
    }
}

/* One element of n_tiles tiles: adds up the products of all inputs for n_blocks
 * blocks of outputs. A tile's inputs lie a block behind those of the tile before, and
 * so do its sums.
 *
 * With few tiles a layer takes as long as its weights need to arrive, and nothing
 * foresees which ones are next. So each step fetches two lines that will be used
 * soon, from ahead and also_ahead on. */
static ALWAYS_INLINE void
winograd_multiply (const CnnReach *reach,
                   const float    *inputs,
                   ptrdiff_t       input_block,
                   const float    *weights,
                   const float    *ahead,
                   const float    *also_ahead,
                   float          *products,
                   ptrdiff_t       product_block,
                   const int       n_tiles,
                   const int       n_blocks)
{
  ptrdiff_t weight_block = n_blocks > 1 ? reach[1].weights - reach[0].weights : 0;
  Block sums[TILE_BLOCKS][TILE_PIXELS];

  UNROLL for (int b = 0; b < n_blocks; b++)
    UNROLL for (int t = 0; t < n_tiles; t++)
      sums[b][t] = block_set (0);

  for (int channel = reach->channel_begin; channel < reach->channel_end;)
    {
      int lane = channel % CNN_BLOCK;
      int lanes = cnn_min (CNN_BLOCK - lane, reach->channel_end - channel);
      const float *from = inputs + channel / CNN_BLOCK * input_block + lane;

      channel += lanes;
      for (; lanes > 0; lanes--, from++, weights += CNN_BLOCK)
        {
          Block w[TILE_BLOCKS];

          __builtin_prefetch (ahead, 0, 2);
          __builtin_prefetch (also_ahead, 0, 2);
          ahead += CNN_BLOCK;
          also_ahead += CNN_BLOCK;

          UNROLL for (int b = 0; b < n_blocks; b++)
            w[b] = block_load (weights + b * weight_block);

          UNROLL for (int t = 0; t < n_tiles; t++)
            {
              Block x = block_set (from[t * CNN_BLOCK]);

              UNROLL for (int b = 0; b < n_blocks; b++)
                sums[b][t] = block_multiply_add (x, w[b], sums[b][t]);
            }
        }
    }

  UNROLL for (int b = 0; b < n_blocks; b++)
    UNROLL for (int t = 0; t < n_tiles; t++)
      block_store (products + b * product_block + t * CNN_BLOCK, sums[b][t]);
}

#define MULTIPLY_CASE(n) \
  case n: \
    winograd_multiply (reach, inputs, input_block, weights, ahead, also_ahead, products, product_block, \
                       n, n_blocks); \
    break;

/* The same for any number of tiles up to TILE_PIXELS. */
static ALWAYS_INLINE void
winograd_multiply_some (const CnnReach *reach,
                        const float    *inputs,
                        ptrdiff_t       input_block,
                        const float    *weights,
                        const float    *ahead,
                        const float    *also_ahead,
                        float          *products,
                        ptrdiff_t       product_block,
                        int             n_tiles,
                        const int       n_blocks)
{
  switch (n_tiles)
    {
    MULTIPLY_CASE (1)
    MULTIPLY_CASE (2)
#if TILE_PIXELS > 2
    MULTIPLY_CASE (3)
    MULTIPLY_CASE (4)
    MULTIPLY_CASE (5)
    MULTIPLY_CASE (6)
#endif
#if TILE_PIXELS > 6
    MULTIPLY_CASE (7)
    MULTIPLY_CASE (8)
    MULTIPLY_CASE (9)
    MULTIPLY_CASE (10)
    MULTIPLY_CASE (11)
    MULTIPLY_CASE (12)
    MULTIPLY_CASE (13)
    MULTIPLY_CASE (14)
#endif
    default:
      break;
    }
}

/* All elements of the part's tiles for n_blocks blocks of outputs: products are
 * [elements][n_blocks][tiles][16]. The weights of an element stay in the cache
 * while tiles go by, in groups of about the same size; the first group fetches the
 * next element's weights for the first block, the second one for the second. */
static ALWAYS_INLINE void
winograd_multiply_all (const CnnConv     *conv,
                       const CnnTiles    *tiles,
                       const CnnTilePart *part,
                       int                block,
                       float             *products,
                       CnnWinogradSize    size,
                       const int          n_blocks)
{
  const CnnReach *reach = &conv->reaches[block];
  const float *weights = conv->weights + reach->weights;
  const float *inputs = tiles->inputs + (ptrdiff_t) (part->tile_begin - tiles->first) * CNN_BLOCK;
  const int n_elements = cnn_winograd_elements (size);
  int n = part->tile_end - part->tile_begin;
  int n_groups = (n + TILE_PIXELS - 1) / TILE_PIXELS;
  ptrdiff_t input_block = (ptrdiff_t) tiles->n * CNN_BLOCK;
  ptrdiff_t input_stride = cnn_winograd_stride ((ptrdiff_t) cnn_n_blocks (conv->in.channels) * tiles->n);
  ptrdiff_t product_stride = cnn_winograd_stride ((ptrdiff_t) n_blocks * n);
  ptrdiff_t weight_block = n_blocks > 1 ? reach[1].weights - reach[0].weights : 0;
  ptrdiff_t weight_stride = (ptrdiff_t) (reach->channel_end - reach->channel_begin) * CNN_BLOCK;

  for (int element = 0; element < n_elements; element++)
    {
      const float *next = weights + weight_stride;

      if (element == n_elements - 1 && block + n_blocks < part->block_end)
        next = conv->weights + reach[n_blocks].weights;

      for (int group = 0; group < n_groups; group++)
        {
          int begin = n * group / n_groups, end = n * (group + 1) / n_groups;
          const float *ahead = group == 0 ? next : next + weight_block;
          const float *also_ahead = n_groups > 1 ? ahead : next + weight_block;

          winograd_multiply_some (reach, inputs + begin * CNN_BLOCK, input_block, weights, ahead, also_ahead,
                                  products + begin * CNN_BLOCK, (ptrdiff_t) n * CNN_BLOCK,
                                  end - begin, n_blocks);
        }

      inputs += input_stride;
      products += product_stride;
      weights += weight_stride;
    }
}

/* Aᵀ M A for a tile, finished and stored as far as it lies in the picture. */
static ALWAYS_INLINE void
winograd_transform_output (const CnnConv   *conv,
                           int              block,
                           int              y,
                           int              x,
                           const float     *products,
                           ptrdiff_t        stride,
                           CnnWinogradSize  size)
{
  const int outputs = cnn_winograd_outputs (size), n = outputs + 2;
  int n_rows = conv->out.height - y, n_columns = conv->out.width - x;
  Block bias = block_load (conv->bias + block * CNN_BLOCK);
  Block rows[4][6];

  UNROLL for (int j = 0; j < n; j++)
    {
      Block m[6], column[4];

      UNROLL for (int i = 0; i < n; i++)
        m[i] = block_load (products + (i * n + j) * stride);
      winograd_gather (m, column, size);
      UNROLL for (int i = 0; i < outputs; i++)
        rows[i][j] = column[i];
    }

  UNROLL for (int i = 0; i < outputs; i++)
    if (i < n_rows)
      {
        Block row[4];

        winograd_gather (rows[i], row, size);
        UNROLL for (int j = 0; j < outputs; j++)
          row[j] = block_add (row[j], bias);

        if (n_columns >= outputs)
          finish_row (&conv->finish, &conv->out, block, y + i, x, row, outputs);
        else
          for (int j = 0; j < n_columns; j++)
            finish_row (&conv->finish, &conv->out, block, y + i, x + j, &row[j], 1);
      }
}

/* The convolution of another picture. */
static inline CnnConv
winograd_move (const CnnConv *conv,
               ptrdiff_t      distance)
{
  CnnConv moved = *conv;

  moved.out.data += distance;
  cnn_finish_move_picture (&moved.finish, distance);

  return moved;
}

static ALWAYS_INLINE void
winograd_outputs_of (const CnnConv     *conv,
                     const CnnTiles    *tiles,
                     const CnnTilePart *part,
                     int                block,
                     float             *products,
                     CnnWinogradSize    size,
                     const int          n_blocks)
{
  const int outputs = cnn_winograd_outputs (size);
  int n_columns = cnn_winograd_tiles (size, conv->out.width);
  int n_rows = cnn_winograd_tiles (size, conv->out.height);
  int n = part->tile_end - part->tile_begin;
  ptrdiff_t stride = cnn_winograd_stride ((ptrdiff_t) n_blocks * n);

  winograd_multiply_all (conv, tiles, part, block, products, size, n_blocks);

  for (int tile = part->tile_begin; tile < part->tile_end;)
    {
      int picture = tile / (n_columns * n_rows);
      int end = (picture + 1) * n_columns * n_rows;
      CnnConv moved = winograd_move (conv, picture * tiles->picture);

      for (; tile < end && tile < part->tile_end; tile++, products += CNN_BLOCK)
        for (int b = 0; b < n_blocks; b++)
          winograd_transform_output (&moved, block + b,
                                     tile / n_columns % n_rows * outputs, tile % n_columns * outputs,
                                     products + (ptrdiff_t) b * n * CNN_BLOCK, stride, size);
    }
}

static ALWAYS_INLINE void
winograd_outputs (const CnnConv     *conv,
                  const CnnTiles    *tiles,
                  const CnnTilePart *part,
                  float             *products,
                  CnnWinogradSize    size)
{
  int block = part->block_begin;

#if TILE_BLOCKS == 2
  while (block + 1 < part->block_end)
    if (has_same_reach (&conv->reaches[block], &conv->reaches[block + 1]))
      {
        winograd_outputs_of (conv, tiles, part, block, products, size, 2);
        block += 2;
      }
    else
      {
        winograd_outputs_of (conv, tiles, part, block, products, size, 1);
        block++;
      }
#endif

  for (; block < part->block_end; block++)
    winograd_outputs_of (conv, tiles, part, block, products, size, 1);
}

static void
KERNEL (cnn_winograd_2x2_inputs_f32) (const CnnConv     *conv,
                                      const CnnTiles    *tiles,
                                      const CnnTilePart *part)
{
  winograd_inputs (conv, tiles, part, CNN_WINOGRAD_2X2);
}

static void
KERNEL (cnn_winograd_4x4_inputs_f32) (const CnnConv     *conv,
                                      const CnnTiles    *tiles,
                                      const CnnTilePart *part)
{
  winograd_inputs (conv, tiles, part, CNN_WINOGRAD_4X4);
}

static void
KERNEL (cnn_winograd_2x2_outputs_f32) (const CnnConv     *conv,
                                       const CnnTiles    *tiles,
                                       const CnnTilePart *part,
                                       float             *products)
{
  winograd_outputs (conv, tiles, part, products, CNN_WINOGRAD_2X2);
}

static void
KERNEL (cnn_winograd_4x4_outputs_f32) (const CnnConv     *conv,
                                       const CnnTiles    *tiles,
                                       const CnnTilePart *part,
                                       float             *products)
{
  winograd_outputs (conv, tiles, part, products, CNN_WINOGRAD_4X4);
}
