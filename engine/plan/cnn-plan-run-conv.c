#include "kernels/cnn-finish.h"
#include "plan/cnn-plan-run-private.h"
#include "plan/cnn-plan-winograd.h"

/* How convolutions and linear layers run.
 *
 * A convolution is cut into pieces: some blocks of output channels for a band of
 * pixels of a picture. What a piece uses again and again should stay in the
 * processor's caches. Where all weights do, a piece makes all blocks of a band whose
 * input does as well. Where there are too many, a piece makes some blocks of as many
 * pixels as possible, two at a time, and fetches the weights of the next two meanwhile;
 * with several pictures only two, and then the same for the next picture. */

/* Weights that stay in a second-level cache beside a band, and the input of a band;
 * in floats: 1 MiB and 256 KiB. */
#define MAX_STAYING_WEIGHTS (1 << 18)
#define MAX_BAND (1 << 16)

/* Blocks that a tile of the kernel makes at once. */
#define TILE_BLOCKS 2

/* Pixels that fill the tiles of any instruction set well enough. */
#define TILE_PIXELS 14

typedef struct
{
  const CnnKernels *kernels;
  CnnConv conv;                 /* with the maps of the first picture */

  gboolean is_flat;             /* bands are cut from the only row */
  int n_bands;
  int n_blocks;
  int blocks_per_piece;
  guint n_pictures;
  gsize distance;
} Work;

/* Lets the maps start where a band of columns does. */
static void
move_to_column (CnnConv *conv,
                int      begin,
                int      end)
{
  conv->in.data += (ptrdiff_t) begin * conv->stencil.stride[1] * conv->in.pixel;
  conv->out.data += (ptrdiff_t) begin * conv->out.pixel;
  conv->out.width = end - begin;
  cnn_finish_move_columns (&conv->finish, &conv->out, begin);
}

static void
run_piece (guint    index,
           guint    worker,
           gpointer data)
{
  const Work *work = data;
  gint64 band = index % work->n_bands;
  guint picture = index / work->n_bands % work->n_pictures;
  int block = index / work->n_bands / work->n_pictures * work->blocks_per_piece;
  int extent = work->is_flat ? work->conv.out.width : work->conv.out.height;
  int begin = extent * band / work->n_bands;
  int end = extent * (band + 1) / work->n_bands;
  CnnPart part = { block, MIN (block + work->blocks_per_piece, work->n_blocks), begin, end };
  CnnConv conv = work->conv;
  ptrdiff_t distance = picture * work->distance;

  conv.in.data += distance;
  conv.out.data += distance;
  cnn_finish_move_picture (&conv.finish, distance);

  if (work->is_flat)
    {
      move_to_column (&conv, begin, end);
      part.row_begin = 0;
      part.row_end = 1;
    }

  if (conv.n_terms > 0)
    work->kernels->grouped_conv (&conv, &part);
  else
    work->kernels->conv (&conv, &part);
}

/* Chooses the pieces, see above. */
static void
cut (CnnRun        *run,
     const CnnStep *step,
     Work          *work,
     guint         *n_threads)
{
  const CnnMap *in = &work->conv.in;
  const CnnMap *out = &work->conv.out;
  gsize n_weights = step->n_weights;
  gsize n_outputs = (gsize) work->n_blocks * CNN_BLOCK * out->height * out->width;
  gsize n_inputs = (gsize) in->channels * in->height * in->width;
  guint n_pieces, n_bands = 1, n_max_bands, n_shares = work->n_blocks;

  if (work->n_pictures * n_outputs * (n_weights / out->channels) < CNN_MIN_PARALLEL_WORK)
    *n_threads = 1;

  if (work->n_pictures == 1)
    n_shares = *n_threads > 1 ? *n_threads * CNN_PIECES_PER_THREAD : 1;
  work->blocks_per_piece = MAX (work->n_blocks / TILE_BLOCKS / n_shares, 1) * TILE_BLOCKS;
  if (n_weights <= MAX_STAYING_WEIGHTS && (*n_threads == 1 || n_weights <= work->n_pictures * n_inputs))
    {
      work->blocks_per_piece = work->n_blocks;
      n_bands = n_inputs / MAX_BAND + 1;
    }
  n_pieces = (work->n_blocks + work->blocks_per_piece - 1) / work->blocks_per_piece * work->n_pictures;

  if (*n_threads > 1)
    {
      n_bands = MAX (n_bands, (*n_threads * CNN_PIECES_PER_THREAD + n_pieces - 1) / n_pieces);
      if (n_pieces * n_bands % *n_threads != 0)
        n_bands = (n_bands + *n_threads - 1) / *n_threads * *n_threads;
    }

  n_max_bands = work->is_flat ? (out->width + TILE_PIXELS - 1) / TILE_PIXELS : out->height;
  work->n_bands = MIN (n_bands, n_max_bands);
}

/* Whether the rows of a map follow one another without a gap. */
static gboolean
is_compact (const CnnMap *map)
{
  return map->data == NULL || map->row == map->width * map->pixel;
}

/* The same of the maps that functions take; a stretched one has no rows. */
static gboolean
has_compact_operands (const CnnFinish *finish,
                      const CnnMap    *out)
{
  for (int i = 0; i < finish->n_functions; i++)
    if (finish->functions[i].operand.row != out->width * finish->functions[i].operand.pixel)
      return FALSE;

  return is_compact (&finish->addend);
}

static void
join_rows (CnnMap *map)
{
  map->width *= map->height;
  map->height = 1;
}

/* A 1×1 convolution does not care where rows end; without ends, narrow maps fill
 * the kernels' tiles. */
static gboolean
join_rows_if_possible (CnnConv *conv)
{
  const CnnStencil *stencil = &conv->stencil;

  if (stencil->kernel[0] != 1 || stencil->kernel[1] != 1 ||
      stencil->stride[0] != 1 || stencil->stride[1] != 1 ||
      conv->in.height != conv->out.height || conv->in.width != conv->out.width ||
      !is_compact (&conv->in) || !is_compact (&conv->out) || !has_compact_operands (&conv->finish, &conv->out))
    return FALSE;

  join_rows (&conv->in);
  join_rows (&conv->out);
  join_rows (&conv->finish.addend);

  return TRUE;
}

static void
join_pictures (CnnRun *run,
               CnnMap *map)
{
  map->width = run->n_pictures;
  map->pixel = run->distance;
}

/* Where each picture has a single pixel, after global pooling, the pictures are
 * the pixels of a row: the weights go by once for all of them. */
static gboolean
join_pictures_if_possible (CnnRun  *run,
                           CnnConv *conv)
{
  const CnnStencil *stencil = &conv->stencil;

  if (conv->in.height != 1 || conv->in.width != 1 || conv->out.height != 1 || conv->out.width != 1 ||
      stencil->kernel[0] != 1 || stencil->kernel[1] != 1 ||
      stencil->padding[0] != 0 || stencil->padding[1] != 0)
    return FALSE;

  conv->stencil.stride[1] = 1;
  join_pictures (run, &conv->in);
  join_pictures (run, &conv->out);
  join_pictures (run, &conv->finish.addend);
  for (int i = 0; i < conv->finish.n_functions; i++)
    if (conv->finish.functions[i].operand.is_map)
      conv->finish.functions[i].operand.pixel = run->distance;

  return TRUE;
}

/* Computes a convolution or a linear layer for all pictures. */
void
cnn_run_convolution (CnnRun        *run,
                     const CnnStep *step)
{
  Work work = {
    .kernels = run->plan->kernels,
    .n_pictures = run->n_pictures,
    .distance = run->distance,
  };
  CnnConv *conv = &work.conv;
  guint n_threads = run->n_threads;
  guint n_groups;

  cnn_run_get_map (run, step->input, &conv->in);
  cnn_run_get_map (run, step->output, &conv->out);
  cnn_run_get_finish (run, step, &conv->finish);
  conv->stencil = step->stencil;
  conv->lanes = step->lanes;
  conv->n_terms = step->n_terms;
  conv->selections = step->selections;
  conv->weights = step->weights;
  conv->reaches = step->reaches;
  conv->bias = step->bias;

  if (step->algorithm != CNN_ALGORITHM_DIRECT)
    {
      cnn_winograd_run (work.kernels, cnn_algorithm_get_winograd_size (step->algorithm), conv,
                        run->n_pictures, run->distance, n_threads, run->scratch);
      return;
    }

  if (join_pictures_if_possible (run, conv))
    work.n_pictures = 1;
  work.is_flat = work.n_pictures < run->n_pictures || join_rows_if_possible (conv);

  work.n_blocks = cnn_n_blocks (conv->out.channels);
  cut (run, step, &work, &n_threads);
  n_groups = (work.n_blocks + work.blocks_per_piece - 1) / work.blocks_per_piece;

  cnn_run_in_pieces (n_threads, n_groups * work.n_pictures * work.n_bands, run_piece, &work);
}
