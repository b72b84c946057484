#define G_LOG_DOMAIN "cnn-plan"

#include "core/cnn-parallel.h"
#include "kernels/cnn-map.h"
#include "ops/cnn-op-private.h"
#include "plan/cnn-plan-private.h"

/* How a plan runs: step after step, each shared among threads. */

/* A step with less to do than this many multiplications is not worth waking
 * other threads for. */
#define MIN_PARALLEL_WORK (1 << 17)

/* Pieces for each thread, so that one that is held up leaves its to others. */
#define PIECES_PER_THREAD 4

typedef struct
{
  CnnPlan *plan;
  CnnRunMode mode;
  float *memory;
  const float *picture;
  guint n_threads;
} Run;

/* A step with its maps: what threads need to take pieces of it. Pieces are bands
 * of rows of a few blocks. */
typedef struct
{
  const CnnKernels *kernels;
  CnnStepKind kind;
  union
  {
    CnnConv conv;
    CnnDepthwise depthwise;
    CnnPool pool;
    CnnPointwise pointwise;
  };

  int n_blocks;
  int height;
  int blocks_per_piece;
  int n_bands;
} Work;

static void
get_map (Run    *run,
         guint   layer,
         CnnMap *map)
{
  cnn_plan_get_map (run->plan, run->mode, run->memory, layer, map);
}

static float *
get_kept (Run   *run,
          guint  layer)
{
  CnnMap map = { NULL };

  if (layer != CNN_NO_LAYER)
    get_map (run, layer, &map);

  return map.data;
}

static void
get_finish (Run           *run,
            const CnnStep *step,
            CnnFinish     *finish)
{
  finish->scale = step->scale;
  finish->shift = step->shift;
  finish->clamp = step->clamp;
  finish->low = step->low;
  finish->high = step->high;
  finish->before_scale = get_kept (run, step->before_scale);
  finish->before_add = get_kept (run, step->before_add);
  finish->before_clamp = get_kept (run, step->before_clamp);

  finish->addend.data = NULL;
  if (step->addend != CNN_NO_LAYER)
    get_map (run, step->addend, &finish->addend);
}

static void
run_piece (guint    index,
           guint    worker,
           gpointer data)
{
  const Work *work = data;
  int block = index / work->n_bands * work->blocks_per_piece;
  int band = index % work->n_bands;
  CnnPart part = {
    .block_begin = block,
    .block_end = MIN (block + work->blocks_per_piece, work->n_blocks),
    .row_begin = (gint64) work->height * band / work->n_bands,
    .row_end = (gint64) work->height * (band + 1) / work->n_bands,
  };

  switch (work->kind)
    {
    case CNN_STEP_CONV:
      work->kernels->conv (&work->conv, &part);
      break;

    case CNN_STEP_DEPTHWISE:
      work->kernels->depthwise (&work->depthwise, &part);
      break;

    case CNN_STEP_MAX_POOL:
      work->kernels->max_pool (&work->pool, &part);
      break;

    case CNN_STEP_AVERAGE_POOL:
      work->kernels->average_pool (&work->pool, &part);
      break;

    case CNN_STEP_ADAPTIVE_AVERAGE_POOL:
      work->kernels->adaptive_average_pool (&work->pool, &part);
      break;

    case CNN_STEP_FINISH:
      work->kernels->finish (&work->pointwise, &part);
      break;

    case CNN_STEP_INPUT:
    case CNN_STEP_CONCAT:
    case CNN_STEP_FALLBACK:
    default:
      g_assert_not_reached ();
    }
}

/* Divides the output among threads. taps is about how many multiplications, or
 * loads, an element costs. */
static void
share_work (Run          *run,
            Work         *work,
            const CnnMap *out,
            gsize         taps)
{
  guint n_threads = run->n_threads;
  guint n_groups;

  work->kernels = run->plan->kernels;
  work->n_blocks = cnn_n_blocks (out->channels);
  work->height = out->height;
  n_groups = (work->n_blocks + work->blocks_per_piece - 1) / work->blocks_per_piece;

  if ((gsize) work->n_blocks * CNN_BLOCK * out->height * out->width * taps < MIN_PARALLEL_WORK)
    n_threads = 1;

  work->n_bands = 1;
  if (n_threads > 1)
    work->n_bands = CLAMP ((n_threads * PIECES_PER_THREAD + n_groups - 1) / n_groups, 1,
                           (guint) out->height);

  cnn_parallel_for (n_threads, n_groups * work->n_bands, run_piece, work);
}

/* Whether the rows of a map follow one another without a gap. */
static gboolean
is_compact (const CnnMap *map)
{
  return map->data == NULL || map->row == (ptrdiff_t) map->width * CNN_BLOCK;
}

static void
join_rows (CnnMap *map)
{
  map->width *= map->height;
  map->height = 1;
}

/* A 1×1 convolution does not care where rows end; without ends, narrow maps fill
 * the kernels' tiles. Only for one thread: rows are what threads share. */
static void
join_rows_if_possible (Run     *run,
                       CnnConv *conv)
{
  const CnnStencil *stencil = &conv->stencil;

  if (run->n_threads == 1 &&
      stencil->kernel[0] == 1 && stencil->kernel[1] == 1 &&
      stencil->stride[0] == 1 && stencil->stride[1] == 1 &&
      conv->in.height == conv->out.height && conv->in.width == conv->out.width &&
      is_compact (&conv->in) && is_compact (&conv->out) && is_compact (&conv->finish.addend))
    {
      join_rows (&conv->in);
      join_rows (&conv->out);
      join_rows (&conv->finish.addend);
    }
}

static void
run_conv (Run           *run,
          const CnnStep *step)
{
  Work work = { .kind = CNN_STEP_CONV, .blocks_per_piece = 2 };
  CnnConv *conv = &work.conv;

  get_map (run, step->input, &conv->in);
  get_map (run, step->output, &conv->out);
  get_finish (run, step, &conv->finish);
  conv->stencil = step->stencil;
  conv->weights = step->weights;
  conv->weight_block = step->weight_block;
  conv->bias = step->bias;
  conv->first_in_block = step->first_in_block;
  conv->n_in_blocks = step->n_in_blocks;
  conv->last_in_block = step->last_in_block;
  conv->last_lanes = step->last_lanes;
  join_rows_if_possible (run, conv);

  share_work (run, &work, &conv->out, step->weight_block / CNN_BLOCK);
}

static void
run_depthwise (Run           *run,
               const CnnStep *step)
{
  Work work = { .kind = CNN_STEP_DEPTHWISE, .blocks_per_piece = 1 };
  CnnDepthwise *conv = &work.depthwise;

  get_map (run, step->input, &conv->in);
  get_map (run, step->output, &conv->out);
  get_finish (run, step, &conv->finish);
  conv->stencil = step->stencil;
  conv->weights = step->weights;
  conv->bias = step->bias;

  share_work (run, &work, &conv->out, (gsize) step->stencil.kernel[0] * step->stencil.kernel[1]);
}

static void
run_pool (Run           *run,
          const CnnStep *step)
{
  Work work = { .kind = step->kind, .blocks_per_piece = 1 };
  CnnPool *pool = &work.pool;
  gsize taps = (gsize) step->stencil.kernel[0] * step->stencil.kernel[1];

  get_map (run, step->input, &pool->in);
  get_map (run, step->output, &pool->out);
  pool->stencil = step->stencil;
  pool->count_padding = step->count_padding;

  if (step->kind == CNN_STEP_ADAPTIVE_AVERAGE_POOL)
    taps = MAX (1, pool->in.height / pool->out.height) * MAX (1, pool->in.width / pool->out.width);

  share_work (run, &work, &pool->out, taps);
}

static void
run_finish (Run           *run,
            const CnnStep *step)
{
  Work work = { .kind = CNN_STEP_FINISH, .blocks_per_piece = 1 };
  CnnPointwise *pointwise = &work.pointwise;

  get_map (run, step->input, &pointwise->in);
  get_map (run, step->output, &pointwise->out);
  get_finish (run, step, &pointwise->finish);

  share_work (run, &work, &pointwise->out, 1);
}

/* Copies those inputs that were not made in their place. */
static void
run_concat (Run           *run,
            const CnnStep *step)
{
  CnnMap out;
  int channel = 0;

  get_map (run, step->output, &out);

  for (guint i = 0; i < cnn_layer_get_n_inputs (step->layer); i++)
    {
      CnnMap in;

      get_map (run, cnn_layer_get_index (cnn_layer_get_input (step->layer, i)), &in);
      if (channel % CNN_BLOCK != 0 || in.data != out.data + channel / CNN_BLOCK * out.block)
        cnn_map_copy (&in, &out, channel);
      channel += in.channels;
    }
}

static CnnTensor *
read_tensor (Run      *run,
             CnnLayer *layer)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (cnn_layer_get_shape (layer));
  CnnMap map;

  get_map (run, cnn_layer_get_index (layer), &map);
  cnn_map_read (&map, cnn_tensor_get_mutable_data (tensor));

  return tensor;
}

/* Computes a layer for which there is no kernel as the operation itself does. */
static void
run_fallback (Run           *run,
              const CnnStep *step)
{
  CnnLayer *layer = step->layer;
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);
  g_autoptr (CnnTensor) output = cnn_tensor_new_uninitialized (cnn_layer_get_shape (layer));
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnOpContext context = { cnn_layer_get_attributes (layer), parameters,
                           cnn_layer_get_n_inputs (layer) };
  CnnMap map;

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_layer_get_parameter (layer, i);
  for (guint i = 0; i < context.n_inputs; i++)
    g_ptr_array_add (inputs, read_tensor (run, cnn_layer_get_input (layer, i)));

  cnn_op_get (cnn_layer_get_kind (layer))->forward (&context,
                                                    (const CnnTensor *const *) inputs->pdata, output);

  get_map (run, step->output, &map);
  cnn_map_fill (&map, cnn_tensor_get_data (output));
}

/* A buffer's memory held something else before: its border must become zero
 * before the first step that writes into it. */
static void
clear_border (Run   *run,
              guint  index)
{
  const CnnBuffer *buffer = &run->plan->buffers[run->plan->places[run->plan->steps[index].output].buffer];
  const int *border = buffer->border;
  CnnMap map;

  if (buffer->first_step[run->mode] != index ||
      (border[0] == 0 && border[1] == 0 && border[2] == 0 && border[3] == 0))
    return;

  get_map (run, buffer - run->plan->buffers, &map);
  cnn_map_clear_border (&map, border);
}

static void
run_step (Run           *run,
          const CnnStep *step)
{
  CnnMap map;

  switch (step->kind)
    {
    case CNN_STEP_INPUT:
      get_map (run, step->output, &map);
      cnn_map_fill (&map, run->picture);
      break;

    case CNN_STEP_CONV:
      run_conv (run, step);
      break;

    case CNN_STEP_DEPTHWISE:
      run_depthwise (run, step);
      break;

    case CNN_STEP_MAX_POOL:
    case CNN_STEP_AVERAGE_POOL:
    case CNN_STEP_ADAPTIVE_AVERAGE_POOL:
      run_pool (run, step);
      break;

    case CNN_STEP_FINISH:
      run_finish (run, step);
      break;

    case CNN_STEP_CONCAT:
      run_concat (run, step);
      break;

    case CNN_STEP_FALLBACK:
      run_fallback (run, step);
      break;

    default:
      g_assert_not_reached ();
    }
}

/**
 * cnn_plan_run:
 * @self: a plan
 * @workspace: a workspace of @self; what it held is overwritten
 * @picture: the input, row-major, 1×C×H×W as the network wants it
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between steps
 * @error: return location for an error
 *
 * Computes the network for one picture.
 *
 * Returns: whether it was not cancelled
 */
gboolean
cnn_plan_run (CnnPlan       *self,
              CnnWorkspace  *workspace,
              const float   *picture,
              guint          n_threads,
              GCancellable  *cancellable,
              GError       **error)
{
  Run run = { self, workspace->mode, workspace->memory, picture, MAX (n_threads, 1) };

  for (guint i = 0; i < self->n_steps; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (run.mode == CNN_RUN_PLAIN && !self->steps[i].for_logits)
        continue;

      clear_border (&run, i);
      run_step (&run, &self->steps[i]);
    }

  return TRUE;
}

/**
 * cnn_workspace_read_layer:
 * @self: a workspace after a run that keeps the layer: the logits always, every
 *   layer after a looking run
 * @index: the index of a layer
 * @planes: (out caller-allocates): where its output goes, row-major
 */
void
cnn_workspace_read_layer (CnnWorkspace *self,
                          guint         index,
                          float        *planes)
{
  CnnMap map;

  cnn_plan_get_map (self->plan, self->mode, self->memory, index, &map);
  g_return_if_fail (map.data != NULL);

  cnn_map_read (&map, planes);
}
