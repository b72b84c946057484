#define G_LOG_DOMAIN "cnn-plan"

#include "core/cnn-cpu.h"
#include "kernels/cnn-finish.h"
#include "kernels/cnn-map.h"
#include "ops/cnn-op-private.h"
#include "plan/cnn-plan-run-private.h"

#include <time.h>

/* How a plan runs: step after step, each for all pictures and shared among
 * threads. So the weights of a step are fetched once for a batch. */

/* A step with the maps of the first picture: what threads need to take pieces of
 * it. Pieces are groups of blocks of a band of rows of a picture. */
typedef struct
{
  const CnnKernels *kernels;
  CnnStepKind kind;
  union
  {
    CnnDepthwise depthwise;
    CnnPool pool;
    CnnPointwise pointwise;
    CnnGather gather;
  };

  int n_blocks;
  int height;
  int n_bands;
  int n_groups;
  gsize distance;
} Work;

/* What threads share: the pieces of a step. */
typedef struct
{
  CnnParallelFunc piece;
  gpointer data;
} Pieces;

static void
run_without_tiny (guint    index,
                  guint    worker,
                  gpointer data)
{
  const Pieces *pieces = data;
  guint64 mode = cnn_cpu_ignore_tiny ();

  pieces->piece (index, worker, pieces->data);
  cnn_cpu_restore_mode (mode);
}

/* Shares the pieces of a step among threads, of which all take tiny numbers for
 * zeros, so that the bits are the same in any of them. */
void
cnn_run_in_pieces (guint           n_threads,
                   guint           n_pieces,
                   CnnParallelFunc piece,
                   gpointer        data)
{
  Pieces pieces = { piece, data };

  cnn_parallel_for (n_threads, n_pieces, run_without_tiny, &pieces);
}

static void
get_map_of_picture (CnnRun *run,
                    guint   picture,
                    guint   layer,
                    CnnMap *map)
{
  float *memory = run->memories != NULL ? run->memories[layer] : run->memory;

  cnn_plan_get_map (run->plan, run->mode, memory + picture * run->distance, layer, map);
}

/* Where the first picture's output of a layer lies. */
void
cnn_run_get_map (CnnRun *run,
                 guint   layer,
                 CnnMap *map)
{
  get_map_of_picture (run, 0, layer, map);
}

static float *
get_kept (CnnRun *run,
          guint   layer)
{
  CnnMap map = { NULL };

  if (layer != CNN_NO_LAYER)
    cnn_run_get_map (run, layer, &map);

  return map.data;
}

void
cnn_run_get_function (CnnRun                *run,
                      const CnnStepFunction *step_function,
                      CnnFunction           *function)
{
  *function = step_function->function;
  function->kept = get_kept (run, step_function->layer);

  if (step_function->vector != NULL)
    {
      function->operand.data = step_function->vector;
      function->operand.block = CNN_BLOCK;
    }

  if (step_function->operand != CNN_NO_LAYER)
    {
      CnnMap map;

      cnn_run_get_map (run, step_function->operand, &map);
      function->operand.data = map.data;
      function->operand.block = map.block;
      function->operand.row = step_function->is_stretched ? 0 : map.row;
      function->operand.pixel = step_function->is_stretched ? 0 : map.pixel;
      function->operand.is_map = TRUE;
    }
}

void
cnn_run_get_finish (CnnRun        *run,
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

  finish->before_functions = get_kept (run, step->before_functions);

  finish->addend.data = NULL;
  if (step->addend != CNN_NO_LAYER)
    cnn_run_get_map (run, step->addend, &finish->addend);

  finish->n_functions = step->n_functions;
  for (guint i = 0; i < step->n_functions; i++)
    cnn_run_get_function (run, &step->functions[i], &finish->functions[i]);
}

/* Does a part of a step for the picture whose memory lies so far from the first
 * one's. */
static void
run_part (const Work    *work,
          const CnnPart *part,
          gsize          distance)
{
  switch (work->kind)
    {
    case CNN_STEP_DEPTHWISE:
      {
        CnnDepthwise conv = work->depthwise;

        conv.in.data += distance;
        conv.out.data += distance;
        cnn_finish_move_picture (&conv.finish, distance);
        work->kernels->depthwise (&conv, part);
      }
      break;

    case CNN_STEP_MAX_POOL:
    case CNN_STEP_AVERAGE_POOL:
    case CNN_STEP_ADAPTIVE_AVERAGE_POOL:
      {
        CnnPool pool = work->pool;

        pool.in.data += distance;
        pool.out.data += distance;
        if (work->kind == CNN_STEP_MAX_POOL)
          work->kernels->max_pool (&pool, part);
        else if (work->kind == CNN_STEP_AVERAGE_POOL)
          work->kernels->average_pool (&pool, part);
        else
          work->kernels->adaptive_average_pool (&pool, part);
      }
      break;

    case CNN_STEP_FINISH:
      {
        CnnPointwise pointwise = work->pointwise;

        pointwise.in.data += distance;
        pointwise.out.data += distance;
        cnn_finish_move_picture (&pointwise.finish, distance);
        work->kernels->finish (&pointwise, part);
      }
      break;

    case CNN_STEP_GATHER:
      {
        CnnGather gather = work->gather;

        gather.distance = distance;
        work->kernels->gather (&gather, part);
      }
      break;

    case CNN_STEP_INPUT:
    case CNN_STEP_CONV:
    case CNN_STEP_FALLBACK:
    default:
      g_assert_not_reached ();
    }
}

/* Pieces next to one another lie next to one another: first all of a band, then the
 * bands of a picture, then the pictures. */
static void
run_piece (guint    index,
           guint    worker,
           gpointer data)
{
  const Work *work = data;
  int group = index % work->n_groups;
  int band = index / work->n_groups % work->n_bands;
  guint picture = index / work->n_groups / work->n_bands;
  CnnPart part = {
    .block_begin = (gint64) work->n_blocks * group / work->n_groups,
    .block_end = (gint64) work->n_blocks * (group + 1) / work->n_groups,
    .row_begin = (gint64) work->height * band / work->n_bands,
    .row_end = (gint64) work->height * (band + 1) / work->n_bands,
  };

  run_part (work, &part, picture * work->distance);
}

/* Steps that do little with what they read wait for memory, and threads for one
 * another's caches: it takes more of it to be worth sharing. */
#define MIN_SHARED_WORK (4 * CNN_MIN_PARALLEL_WORK)

/* Divides the output among threads. Each thread gets a band of rows, as it does of a
 * convolution, so that it finds most of what it reads in its own cache; and the band
 * falls into groups of blocks, the last of which may be left to others. taps is about
 * how many multiplications, or loads, an element costs. */
static void
share_work (CnnRun       *run,
            Work         *work,
            const CnnMap *out,
            gsize         taps)
{
  guint n_threads = run->n_threads;

  work->kernels = run->plan->kernels;
  work->distance = run->distance;
  work->height = out->height;
  work->n_blocks = cnn_n_blocks (out->channels);
  work->n_bands = 1;
  work->n_groups = 1;

  if ((gsize) run->n_pictures * work->n_blocks * CNN_BLOCK * out->height * out->width * taps <
      MIN_SHARED_WORK)
    n_threads = 1;

  if (n_threads > 1)
    {
      int n_wanted = (n_threads * CNN_PIECES_PER_THREAD + run->n_pictures - 1) / run->n_pictures;
      int n_groups = MIN (MIN (work->n_blocks, CNN_PIECES_PER_THREAD), n_wanted);

      work->n_bands = MIN ((n_wanted + n_groups - 1) / n_groups, out->height);
      work->n_groups = MIN ((n_wanted + work->n_bands - 1) / work->n_bands, work->n_blocks);
    }

  cnn_run_in_pieces (n_threads, run->n_pictures * work->n_bands * work->n_groups, run_piece, work);
}

static void
run_depthwise (CnnRun        *run,
               const CnnStep *step)
{
  Work work = { .kind = CNN_STEP_DEPTHWISE };
  CnnDepthwise *conv = &work.depthwise;

  cnn_run_get_map (run, step->input, &conv->in);
  cnn_run_get_map (run, step->output, &conv->out);
  cnn_run_get_finish (run, step, &conv->finish);
  conv->stencil = step->stencil;
  conv->weights = step->weights;
  conv->bias = step->bias;

  share_work (run, &work, &conv->out, (gsize) step->stencil.kernel[0] * step->stencil.kernel[1]);
}

static void
run_pool (CnnRun        *run,
          const CnnStep *step)
{
  Work work = { .kind = step->kind };
  CnnPool *pool = &work.pool;
  gsize taps = (gsize) step->stencil.kernel[0] * step->stencil.kernel[1];

  cnn_run_get_map (run, step->input, &pool->in);
  cnn_run_get_map (run, step->output, &pool->out);
  pool->stencil = step->stencil;
  pool->count_padding = step->count_padding;

  if (step->kind == CNN_STEP_ADAPTIVE_AVERAGE_POOL)
    taps = MAX (1, pool->in.height / pool->out.height) * MAX (1, pool->in.width / pool->out.width);

  share_work (run, &work, &pool->out, taps);
}

/* Shares a finish by itself, whose maps are those of the first picture. */
void
cnn_run_pointwise (CnnRun       *run,
                   CnnPointwise *pointwise)
{
  Work work = { .kind = CNN_STEP_FINISH, .pointwise = *pointwise };

  share_work (run, &work, &pointwise->out, 1);
}

static void
run_finish (CnnRun        *run,
            const CnnStep *step)
{
  CnnPointwise pointwise;

  cnn_run_get_map (run, step->input, &pointwise.in);
  cnn_run_get_map (run, step->output, &pointwise.out);
  cnn_run_get_finish (run, step, &pointwise.finish);

  cnn_run_pointwise (run, &pointwise);
}

static void
run_gather (CnnRun        *run,
            const CnnStep *step)
{
  Work work = { .kind = CNN_STEP_GATHER };
  CnnGather *gather = &work.gather;
  g_autofree CnnMap *sources = g_new (CnnMap, step->n_sources);

  for (guint i = 0; i < step->n_sources; i++)
    cnn_run_get_map (run, step->sources[i], &sources[i]);

  cnn_run_get_map (run, step->output, &gather->out);
  gather->sources = sources;
  gather->picks = step->picks;
  gather->first_pick = step->first_pick;
  gather->clears = cnn_layer_get_kind (step->layer) == CNN_KIND_PAD;
  gather->distance = 0;

  share_work (run, &work, &gather->out, 1);
}

/* What takes a picture by itself: a step without a kernel. */
typedef struct
{
  CnnRun *run;
  const CnnStep *step;
} PictureWork;

static void
fill_input (CnnRun        *run,
            const CnnStep *step,
            guint          picture)
{
  gsize size = cnn_shape_get_n_elements (cnn_layer_get_shape (step->layer));
  CnnMap map;

  get_map_of_picture (run, picture, step->output, &map);
  if (run->pictures.planes != NULL)
    cnn_map_fill (&map, run->pictures.planes + picture * size);
  else
    cnn_map_fill_pixels (&map, &run->pictures.pixels[picture]);
}

static CnnTensor *
read_tensor (CnnRun   *run,
             CnnLayer *layer,
             guint     picture)
{
  CnnTensor *tensor = cnn_tensor_new_uninitialized (cnn_layer_get_shape (layer));
  CnnMap map;

  get_map_of_picture (run, picture, cnn_layer_get_index (layer), &map);
  cnn_map_read (&map, cnn_tensor_get_mutable_data (tensor));

  return tensor;
}

/* Computes a layer for which there is no kernel as the operation itself does. */
static void
run_fallback (CnnRun        *run,
              const CnnStep *step,
              guint          picture)
{
  CnnLayer *layer = step->layer;
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);
  g_autoptr (CnnTensor) output = cnn_tensor_new_uninitialized (cnn_layer_get_shape (layer));
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnOpContext context = {
    .kind = cnn_layer_get_kind (layer),
    .attributes = cnn_layer_get_attributes (layer),
    .parameters = parameters,
    .n_inputs = cnn_layer_get_n_inputs (layer),
  };
  CnnMap map;

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    parameters[i] = cnn_layer_get_parameter (layer, i);
  for (guint i = 0; i < context.n_inputs; i++)
    g_ptr_array_add (inputs, read_tensor (run, cnn_layer_get_input (layer, i), picture));

  cnn_op_get (cnn_layer_get_kind (layer))->forward (&context,
                                                    (const CnnTensor *const *) inputs->pdata, output);

  get_map_of_picture (run, picture, step->output, &map);
  cnn_map_fill (&map, cnn_tensor_get_data (output));
}

static void
run_picture (guint    picture,
             guint    worker,
             gpointer data)
{
  const PictureWork *work = data;

  switch (work->step->kind)
    {
    case CNN_STEP_INPUT:
      fill_input (work->run, work->step, picture);
      break;

    case CNN_STEP_FALLBACK:
      run_fallback (work->run, work->step, picture);
      break;

    default:
      g_assert_not_reached ();
    }
}

/* A buffer's memory held something else before: its border must become zero
 * before the first step that writes into it. */
static void
clear_border (CnnRun *run,
              guint   index)
{
  const CnnBuffer *buffer = &run->plan->buffers[run->plan->places[run->plan->steps[index].output].buffer];
  const int *border = buffer->border;
  CnnMap map;

  if (buffer->first_step[run->mode] != index ||
      (border[0] == 0 && border[1] == 0 && border[2] == 0 && border[3] == 0))
    return;

  for (guint picture = 0; picture < run->n_pictures; picture++)
    {
      get_map_of_picture (run, picture, buffer - run->plan->buffers, &map);
      cnn_map_clear_border (&map, border);
    }
}

/* Takes a step for all pictures. */
void
cnn_run_step (CnnRun        *run,
              const CnnStep *step)
{
  PictureWork work = { run, step };

  switch (step->kind)
    {
    case CNN_STEP_INPUT:
    case CNN_STEP_FALLBACK:
      cnn_parallel_for (run->n_threads, run->n_pictures, run_picture, &work);
      break;

    case CNN_STEP_CONV:
      cnn_run_convolution (run, step);
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

    case CNN_STEP_GATHER:
      run_gather (run, step);
      break;

    default:
      g_assert_not_reached ();
    }
}

static gint64
get_nanoseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/**
 * cnn_plan_run:
 * @self: a plan
 * @workspace: a workspace of @self; what it held is overwritten
 * @pictures: the input: as many pictures as @workspace was acquired for
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between steps
 * @error: return location for an error
 *
 * Computes the network. Each picture's numbers are the same bits whatever comes
 * with it. Fails with %G_IO_ERROR_CANCELLED, or %G_IO_ERROR where there is no memory.
 *
 * Returns: whether all was computed
 */
gboolean
cnn_plan_run (CnnPlan            *self,
              CnnWorkspace       *workspace,
              const CnnPictures  *pictures,
              guint               n_threads,
              GCancellable       *cancellable,
              GError            **error)
{
  CnnRun run = {
    .plan = self,
    .mode = workspace->mode,
    .memory = workspace->memory,
    .distance = self->layouts[workspace->mode].size,
    .n_pictures = workspace->n_pictures,
    .pictures = *pictures,
    .n_threads = MAX (n_threads, 1),
  };

  if (!cnn_workspace_ensure_scratch (workspace, run.n_threads, error))
    return FALSE;
  run.scratch = workspace->scratch;

  for (guint i = 0; i < self->n_steps; i++)
    {
      gint64 start;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (run.mode == CNN_RUN_PLAIN && !self->steps[i].for_logits)
        continue;

      start = workspace->times != NULL ? get_nanoseconds () : 0;
      clear_border (&run, i);
      cnn_run_step (&run, &self->steps[i]);
      if (workspace->times != NULL)
        workspace->times[i] += get_nanoseconds () - start;
    }

  return TRUE;
}

/**
 * cnn_workspace_read_layer:
 * @self: a workspace after a run that keeps the layer: the logits always, every
 *   layer after a looking run
 * @index: the index of a layer
 * @planes: (out caller-allocates): where its output goes, row-major, N×… for
 *   the pictures of the run
 */
void
cnn_workspace_read_layer (CnnWorkspace *self,
                          guint         index,
                          float        *planes)
{
  CnnPlan *plan = self->plan;
  gsize size = cnn_shape_get_n_elements (cnn_layer_get_shape (cnn_network_get_layer (plan->network, index)));

  for (guint i = 0; i < self->n_pictures; i++)
    {
      CnnMap map;

      cnn_plan_get_map (plan, self->mode, self->memory + i * plan->layouts[self->mode].size, index, &map);
      g_return_if_fail (map.data != NULL);
      cnn_map_read (&map, planes + i * size);
    }
}
