#include "plan/cnn-plan-winograd.h"

#include "kernels/cnn-winograd.h"
#include "plan/cnn-plan-run-private.h"

/* A Winograd convolution goes through its tiles in bands, so that what has been
 * transformed is still in the second-level cache when it is multiplied. In a band all
 * weights are read once, which takes as long as computing if it has too few tiles. So
 * threads take bands of their own if there are tiles enough, and share the blocks of
 * one band if there are not. */

/* The most tiles of a band, by their size. Two full tiles of the AVX-512 kernel, when
 * they are 4×4: with 64 channels they take 400 KiB, with 512 some 2 MiB. Half of it
 * fetches the weights twice as often and twice of it leaves the cache: both were up to
 * a fifth slower on VGG-16's layers. Those of 2×2 are half as large. */
static const int max_tiles[] = { [CNN_WINOGRAD_2X2] = 56, [CNN_WINOGRAD_4X4] = 28 };

/* So many tiles keep a processor busy while it fetches weights. */
#define MIN_TILES 20

/* Blocks of output channels in a piece, as many as a kernel makes at once. */
#define BLOCKS_PER_PIECE 2

typedef struct
{
  const CnnKernels *kernels;
  CnnWinogradSize size;
  const CnnConv *conv;
  gsize distance;

  int n_in_blocks;
  int n_out_blocks;
  int n_tiles;
  int n_bands;

  /* By thread: transformed inputs, then products. */
  float *scratch;
  gsize inputs_size;
  gsize scratch_size;

  /* The band that threads share, and in how many pieces its tiles are divided. */
  CnnTiles tiles;
  int n_splits;
} Work;

static gsize
get_inputs_size (CnnWinogradSize size,
                 int             n_in_blocks,
                 int             n_tiles)
{
  return (gsize) cnn_winograd_elements (size) * cnn_winograd_stride ((ptrdiff_t) n_in_blocks * n_tiles);
}

static gsize
get_products_size (CnnWinogradSize size,
                   int             n_tiles)
{
  return (gsize) cnn_winograd_elements (size) * cnn_winograd_stride ((ptrdiff_t) BLOCKS_PER_PIECE * n_tiles);
}

/* How many floats each thread needs, however many tiles there are. */
gsize
cnn_winograd_get_scratch_size (CnnWinogradSize size,
                               int             n_in_blocks)
{
  return get_inputs_size (size, n_in_blocks, max_tiles[size]) + get_products_size (size, max_tiles[size]);
}

static int
get_band_begin (const Work *work,
                int         band)
{
  return (gint64) work->n_tiles * band / work->n_bands;
}

/* A band by one thread. */
static void
run_band (guint    index,
          guint    worker,
          gpointer data)
{
  const Work *work = data;
  float *scratch = work->scratch + worker * work->scratch_size;
  int begin = get_band_begin (work, index), end = get_band_begin (work, index + 1);
  CnnTiles tiles = { work->distance, begin, end - begin, scratch };

  work->kernels->winograd_inputs[work->size] (work->conv, &tiles,
                                              &(CnnTilePart) { 0, work->n_in_blocks, begin, end });
  work->kernels->winograd_outputs[work->size] (work->conv, &tiles,
                                               &(CnnTilePart) { 0, work->n_out_blocks, begin, end },
                                               scratch + work->inputs_size);
}

/* A block of inputs of the band that is shared. */
static void
run_inputs (guint    index,
            guint    worker,
            gpointer data)
{
  const Work *work = data;
  const CnnTiles *tiles = &work->tiles;
  CnnTilePart part = { index, index + 1, tiles->first, tiles->first + tiles->n };

  work->kernels->winograd_inputs[work->size] (work->conv, tiles, &part);
}

/* Some blocks of outputs of some tiles of the band that is shared. */
static void
run_outputs (guint    index,
             guint    worker,
             gpointer data)
{
  const Work *work = data;
  const CnnTiles *tiles = &work->tiles;
  int block = (int) index / work->n_splits * BLOCKS_PER_PIECE, split = index % work->n_splits;
  CnnTilePart part = {
    .block_begin = block,
    .block_end = MIN (block + BLOCKS_PER_PIECE, work->n_out_blocks),
    .tile_begin = tiles->first + tiles->n * split / work->n_splits,
    .tile_end = tiles->first + tiles->n * (split + 1) / work->n_splits,
  };

  work->kernels->winograd_outputs[work->size] (work->conv, tiles, &part,
                                               work->scratch + worker * work->scratch_size +
                                               work->inputs_size);
}

static void
share_band (Work  *work,
            int    band,
            guint  n_threads)
{
  int n_pieces = (work->n_out_blocks + BLOCKS_PER_PIECE - 1) / BLOCKS_PER_PIECE;
  int begin = get_band_begin (work, band);

  work->tiles = (CnnTiles) { work->distance, begin, get_band_begin (work, band + 1) - begin,
                             work->scratch };
  work->n_splits = CLAMP (((int) n_threads + n_pieces - 1) / n_pieces, 1, work->tiles.n);

  cnn_run_in_pieces (n_threads, work->n_in_blocks, run_inputs, work);
  cnn_run_in_pieces (n_threads, n_pieces * work->n_splits, run_outputs, work);
}

/* Computes a convolution of 3×3 whose weights cnn_winograd_weights() has made, for
 * pictures whose maps lie distance floats apart. scratch is memory for each thread, as
 * much as cnn_winograd_get_scratch_size() says. How the work is divided changes no
 * bit. */
void
cnn_winograd_run (const CnnKernels *kernels,
                  CnnWinogradSize   size,
                  const CnnConv    *conv,
                  guint             n_pictures,
                  gsize             distance,
                  guint             n_threads,
                  float            *scratch)
{
  Work work = { kernels, size, conv, distance };

  work.n_in_blocks = cnn_n_blocks (conv->in.channels);
  work.n_out_blocks = cnn_n_blocks (conv->out.channels);
  work.n_tiles = (int) n_pictures * cnn_winograd_tiles (size, conv->out.height) *
                 cnn_winograd_tiles (size, conv->out.width);
  work.n_bands = (work.n_tiles + max_tiles[size] - 1) / max_tiles[size];
  work.scratch = scratch;
  work.inputs_size = get_inputs_size (size, work.n_in_blocks, max_tiles[size]);
  work.scratch_size = cnn_winograd_get_scratch_size (size, work.n_in_blocks);

  if (n_threads == 1 || (guint) work.n_tiles >= n_threads * MIN_TILES)
    {
      work.n_bands = (work.n_bands + n_threads - 1) / n_threads * n_threads;
      cnn_run_in_pieces (n_threads, work.n_bands, run_band, &work);
    }
  else
    for (int band = 0; band < work.n_bands; band++)
      share_band (&work, band, n_threads);
}
