#define G_LOG_DOMAIN "cnn-predictor"

#include "run/cnn-predictor.h"

#include "core/cnn-error.h"
#include "core/cnn-progress.h"
#include "run/cnn-activations-private.h"
#include "run/cnn-predictor-private.h"

#include <math.h>

struct _CnnPredictor
{
  GObject parent_instance;

  /* Owned references */
  CnnNetwork *network;

  /* Made under the lock when it is first needed; or why it cannot be made. */
  GMutex lock;
  CnnPlan *plan;
  GError *plan_error;
};

G_DEFINE_FINAL_TYPE (CnnPredictor, cnn_predictor, G_TYPE_OBJECT)

static void
cnn_predictor_finalize (GObject *object)
{
  CnnPredictor *self = CNN_PREDICTOR (object);

  g_clear_pointer (&self->plan, cnn_plan_unref);
  g_clear_error (&self->plan_error);
  g_clear_object (&self->network);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (cnn_predictor_parent_class)->finalize (object);
}

static void
cnn_predictor_class_init (CnnPredictorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cnn_predictor_finalize;
}

static void
cnn_predictor_init (CnnPredictor *self)
{
  g_mutex_init (&self->lock);
}

/**
 * cnn_predictor_new:
 * @network: a network
 *
 * Returns: (transfer full): a new predictor for it
 */
CnnPredictor *
cnn_predictor_new (CnnNetwork *network)
{
  CnnPredictor *self;

  g_return_val_if_fail (CNN_IS_NETWORK (network), NULL);

  self = g_object_new (CNN_TYPE_PREDICTOR, NULL);
  self->network = g_object_ref (network);

  return self;
}

/**
 * cnn_predictor_get_network:
 * @self: a predictor
 *
 * Returns: (transfer none): its network
 */
CnnNetwork *
cnn_predictor_get_network (CnnPredictor *self)
{
  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  return self->network;
}

/* The plan, which lives as long as the predictor. */
static CnnPlan *
ensure_plan (CnnPredictor  *self,
             GError       **error)
{
  CnnPlan *plan;

  g_mutex_lock (&self->lock);

  if (self->plan == NULL && self->plan_error == NULL)
    self->plan = cnn_plan_new (self->network, &self->plan_error);

  plan = self->plan;
  if (plan == NULL && error != NULL)
    *error = g_error_copy (self->plan_error);

  g_mutex_unlock (&self->lock);

  return plan;
}

/**
 * cnn_predictor_prepare:
 * @self: a predictor
 * @error: return location for an error
 *
 * Does beforehand what the first run would do: packs the weights for this machine.
 *
 * Returns: whether the network can be run
 */
gboolean
cnn_predictor_prepare (CnnPredictor  *self,
                       GError       **error)
{
  gboolean is_ready;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self), FALSE);

  cnn_progress_report (CNN_PHASE_PLANNING, 0);
  is_ready = ensure_plan (self, error) != NULL;
  cnn_progress_report (CNN_PHASE_PLANNING, 1);

  return is_ready;
}

/* Any number of pictures, each as the network wants it. */
static gboolean
check_shape (CnnPredictor    *self,
             const CnnShape  *found,
             GError         **error)
{
  CnnShape expected = *cnn_network_get_input_shape (self->network);
  g_autofree char *found_string = NULL;
  g_autofree char *expected_string = NULL;

  expected.dims[0] = found->dims[0];
  if (found->dims[0] > 0 && cnn_shape_equal (found, &expected))
    return TRUE;

  expected.dims[0] = 1;
  found_string = cnn_shape_to_string (found);
  expected_string = cnn_shape_to_string (&expected);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%s: the input is %s, expected %s, or several of these",
               cnn_network_get_name (self->network), found_string, expected_string);

  return FALSE;
}

/* The plan for an input that fits; it lives as long as the predictor.
 * Engine-internal. */
CnnPlan *
cnn_predictor_get_plan (CnnPredictor  *self,
                        CnnTensor     *input,
                        GError       **error)
{
  return check_shape (self, cnn_tensor_get_shape (input), error) ? ensure_plan (self, error) : NULL;
}

static gboolean
check_logits (CnnPredictor  *self,
              CnnTensor     *logits,
              GError       **error)
{
  const float *data = cnn_tensor_get_data (logits);
  gsize n = cnn_tensor_get_n_elements (logits);
  gsize n_nan = 0;

  for (gsize i = 0; i < n; i++)
    n_nan += isnan (data[i]) != 0;

  if (n_nan == 0)
    return TRUE;

  g_set_error (error, CNN_ERROR, CNN_ERROR_VALUE,
               "%s: %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " logits are not numbers (NaN): "
               "the weights or the picture hold values that are not usable",
               cnn_network_get_name (self->network), n_nan, n);

  return FALSE;
}

/* What a run is to compute. */
typedef struct
{
  CnnPictures pictures;
  gsize n_pictures;
  gsize size;                   /* numbers in a picture */
  guint n_threads;
  gint64 *times;                /* NULL, or one a step */
  GCancellable *cancellable;
} Request;

static void
request_init_tensor (Request      *self,
                     CnnTensor    *input,
                     guint         n_threads,
                     GCancellable *cancellable)
{
  gsize n = cnn_tensor_get_shape (input)->dims[0];

  *self = (Request) {
    .pictures.planes = cnn_tensor_get_data (input),
    .n_pictures = n,
    .size = cnn_tensor_get_n_elements (input) / n,
    .n_threads = n_threads,
    .cancellable = cancellable,
  };
}

/* Runs as many pictures as go together, from the given one on. */
static CnnWorkspace *
run_pictures (CnnPlan        *plan,
              CnnRunMode      mode,
              const Request  *request,
              gsize           first,
              GError        **error)
{
  guint n_pictures = MIN (request->n_pictures - first, cnn_plan_get_max_pictures (plan, mode));
  g_autoptr (CnnWorkspace) workspace = cnn_plan_acquire_workspace (plan, mode, n_pictures, error);
  CnnPictures pictures = request->pictures;

  if (workspace == NULL)
    return NULL;

  if (pictures.planes != NULL)
    pictures.planes += first * request->size;
  else
    pictures.pixels += first;

  cnn_workspace_set_times (workspace, request->times);
  if (!cnn_plan_run (plan, workspace, &pictures, request->n_threads, request->cancellable, error))
    return NULL;

  return g_steal_pointer (&workspace);
}

/* The logits of all pictures. */
static CnnTensor *
run_plain (CnnPredictor   *self,
           CnnPlan        *plan,
           const Request  *request,
           GError        **error)
{
  guint logits_layer = cnn_plan_get_logits_layer (plan);
  CnnShape shape = *cnn_layer_get_shape (cnn_network_get_layer (self->network, logits_layer));
  gsize size = cnn_shape_get_n_elements (&shape);
  g_autoptr (CnnTensor) logits = NULL;

  shape.dims[0] = request->n_pictures;
  logits = cnn_tensor_new_uninitialized (&shape);

  for (gsize i = 0; i < request->n_pictures;)
    {
      g_autoptr (CnnWorkspace) workspace = run_pictures (plan, CNN_RUN_PLAIN, request, i, error);

      if (workspace == NULL)
        return NULL;

      cnn_workspace_read_layer (workspace, logits_layer,
                                cnn_tensor_get_mutable_data (logits) + i * size);
      i += cnn_workspace_get_n_pictures (workspace);
    }

  if (!check_logits (self, logits, error))
    return NULL;

  return g_steal_pointer (&logits);
}

/* cnn_predictor_run(), which adds to times, where they are not NULL, how long each
 * step of the plan took, in nanoseconds. Engine-internal. */
CnnTensor *
cnn_predictor_run_timed (CnnPredictor  *self,
                         CnnTensor     *input,
                         guint          n_threads,
                         gint64        *times,
                         GCancellable  *cancellable,
                         GError       **error)
{
  CnnPlan *plan = cnn_predictor_get_plan (self, input, error);
  Request request;

  if (plan == NULL)
    return NULL;

  request_init_tensor (&request, input, n_threads, cancellable);
  request.times = times;

  return run_plain (self, plan, &request, error);
}

/**
 * cnn_predictor_run:
 * @self: a predictor
 * @input: N×C×H×W: any number of pictures of the size that the network wants
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes the logits. Where the network ends in a softmax they are what goes
 * into it; the softmax itself is to be had from [method@Predictor.look].
 *
 * Fails with %CNN_ERROR_SHAPE where the input does not fit the network, with
 * %CNN_ERROR_VALUE where the logits are not numbers, with %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full) (nullable): N×classes
 */
CnnTensor *
cnn_predictor_run (CnnPredictor  *self,
                   CnnTensor     *input,
                   guint          n_threads,
                   GCancellable  *cancellable,
                   GError       **error)
{
  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  return cnn_predictor_run_timed (self, input, n_threads, NULL, cancellable, error);
}

/**
 * cnn_predictor_look:
 * @self: a predictor
 * @input: N×C×H×W: any number of pictures of the size that the network wants
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes the network and keeps the output of every layer, as the user's graph
 * has them. They are the very numbers that [method@Predictor.run] computes on the
 * way to its logits, and may be NaN.
 *
 * Fails as [method@Predictor.run] does, but for %CNN_ERROR_VALUE.
 *
 * Returns: (transfer full) (nullable): the outputs of all layers
 */
CnnActivations *
cnn_predictor_look (CnnPredictor  *self,
                    CnnTensor     *input,
                    guint          n_threads,
                    GCancellable  *cancellable,
                    GError       **error)
{
  g_autoptr (GPtrArray) workspaces = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_workspace_release);
  Request request;
  CnnPlan *plan;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);

  plan = cnn_predictor_get_plan (self, input, error);
  if (plan == NULL)
    return NULL;

  request_init_tensor (&request, input, n_threads, cancellable);
  for (gsize i = 0; i < request.n_pictures;)
    {
      CnnWorkspace *workspace = run_pictures (plan, CNN_RUN_LOOKING, &request, i, error);

      if (workspace == NULL)
        return NULL;

      g_ptr_array_add (workspaces, workspace);
      i += cnn_workspace_get_n_pictures (workspace);
    }

  return cnn_activations_new (plan, g_steal_pointer (&workspaces));
}

/* Whether there is a number for each class. */
static gboolean
check_answer (CnnPredictor  *self,
              CnnTensor     *logits,
              GError       **error)
{
  const CnnShape *shape = cnn_tensor_get_shape (logits);
  g_autofree char *found = NULL;

  if (shape->n_dims >= 2 && shape->dims[1] > 0 &&
      cnn_tensor_get_n_elements (logits) == shape->dims[0] * shape->dims[1])
    return TRUE;

  found = cnn_shape_to_string (shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "%s: the output is %s, expected a number for each class",
               cnn_network_get_name (self->network), found);

  return FALSE;
}

/**
 * cnn_predictor_predict:
 * @self: a predictor
 * @crops: N×C×H×W: the crops of one picture
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes what the network answers for one picture.
 *
 * Fails as [method@Predictor.run] does, and with %CNN_ERROR_SHAPE where the
 * network does not answer with a number for each class.
 *
 * Returns: (transfer full) (nullable): the prediction
 */
CnnPrediction *
cnn_predictor_predict (CnnPredictor  *self,
                       CnnTensor     *crops,
                       guint          n_threads,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autoptr (CnnTensor) logits = cnn_predictor_run (self, crops, n_threads, cancellable, error);

  if (logits == NULL || !check_answer (self, logits, error))
    return NULL;

  return cnn_prediction_new (logits);
}

/**
 * cnn_predictor_predict_pixels:
 * @self: a predictor
 * @crops: (array): the crops of the first picture, then those of the second and
 *   so on, all of one size
 * @n_pictures: how many pictures, at least one
 * @n_crops: how many crops each of them has, at least one
 * @n_threads: how many threads may work on it
 * @cancellable: (nullable): asked between layers
 * @error: return location for an error
 *
 * Computes what the network answers for some pictures, straight from their
 * bytes. The answers are the same bits as those of [method@Predictor.predict]
 * for each of them.
 *
 * Fails as [method@Predictor.predict] does.
 *
 * Returns: (transfer full) (nullable) (element-type CnnPrediction): a prediction
 *   for each picture
 */
GPtrArray *
cnn_predictor_predict_pixels (CnnPredictor     *self,
                              const CnnPixels  *crops,
                              guint             n_pictures,
                              guint             n_crops,
                              guint             n_threads,
                              GCancellable     *cancellable,
                              GError          **error)
{
  const Request request = {
    .pictures.pixels = crops,
    .n_pictures = (gsize) n_pictures * n_crops,
    .n_threads = n_threads,
    .cancellable = cancellable,
  };
  g_autoptr (GPtrArray) predictions = NULL;
  g_autoptr (CnnTensor) logits = NULL;
  CnnPlan *plan;

  g_return_val_if_fail (CNN_IS_PREDICTOR (self), NULL);
  g_return_val_if_fail (n_pictures > 0 && n_crops > 0, NULL);

  if (!check_shape (self, &CNN_SHAPE_4 (request.n_pictures, 3, crops->height, crops->width), error) ||
      (plan = ensure_plan (self, error)) == NULL)
    return NULL;

  logits = run_plain (self, plan, &request, error);
  if (logits == NULL || !check_answer (self, logits, error))
    return NULL;

  predictions = g_ptr_array_new_full (n_pictures, (GDestroyNotify) cnn_prediction_unref);
  for (guint i = 0; i < n_pictures; i++)
    g_ptr_array_add (predictions, cnn_prediction_new_from_rows (logits, i * n_crops, n_crops));

  return g_steal_pointer (&predictions);
}
