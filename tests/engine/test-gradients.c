#include "run/cnn-gradients.h"

#include "formats/cnn-model-file.h"
#include "formats/cnn-state-dict.h"
#include "run/cnn-predictor.h"
#include "support/pack.h"
#include "support/random.h"
#include "support/reference.h"

#include <math.h>
#include <string.h>

/* Numbers that lie so far apart, and so far from 0 and from the numbers of other
 * inputs (of 36 elements, or of a divisor of 36), that a small step passes no kink
 * and swaps no maximum. */
static CnnTensor *
spread_numbers (const CnnShape *shape,
                double          minimum,
                double          maximum,
                guint           number)
{
  CnnTensor *tensor = cnn_tensor_new (shape);
  float *data = cnn_tensor_get_mutable_data (tensor);
  gsize n = cnn_tensor_get_n_elements (tensor);

  for (gsize i = 0; i < n; i++)
    {
      gsize k = pick (0, i);

      data[i] = data[k];
      data[k] = minimum + (maximum - minimum) * ((i + 0.3) / n + 0.25 * number / 36);
    }

  return tensor;
}

static double
dot (CnnTensor *a,
     CnnTensor *b)
{
  double sum = 0;

  for (gsize i = 0; i < cnn_tensor_get_n_elements (a); i++)
    sum += (double) cnn_tensor_get_data (a)[i] * cnn_tensor_get_data (b)[i];

  return sum;
}

typedef struct
{
  CnnKind kind;
  CnnAttributes attributes;
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnTensor *inputs[3];
  guint n_inputs;
} Layer;

/* What the layer makes of input k moved by step in a direction, weighted. */
static double
evaluate (const Layer *layer,
          guint        k,
          CnnTensor   *direction,
          double       step,
          CnnTensor   *weights)
{
  g_autoptr (CnnTensor) moved = cnn_tensor_new (cnn_tensor_get_shape (direction));
  g_autoptr (CnnTensor) output = NULL;
  CnnTensor *inputs[] = { layer->inputs[0], layer->inputs[1], layer->inputs[2] };

  for (gsize i = 0; i < cnn_tensor_get_n_elements (moved); i++)
    cnn_tensor_get_mutable_data (moved)[i] = cnn_tensor_get_data (inputs[k])[i] +
                                             step * cnn_tensor_get_data (direction)[i];

  inputs[k] = moved;
  output = reference_run_op (layer->kind, &layer->attributes, inputs, layer->n_inputs, layer->parameters, NULL);

  return dot (output, weights);
}

static void
check_layer (Layer *layer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnTensor) output = reference_run_op (layer->kind, &layer->attributes, layer->inputs,
                                                   layer->n_inputs, layer->parameters, &error);
  g_autoptr (CnnTensor) weights = NULL;
  CnnTensor *d_inputs[3] = { NULL };
  CnnOpContext context = { layer->kind, &layer->attributes, layer->parameters, layer->n_inputs };

  g_assert_no_error (error);
  weights = reference_random (cnn_tensor_get_shape (output), -1, 1);
  for (guint k = 0; k < layer->n_inputs; k++)
    d_inputs[k] = cnn_tensor_new (cnn_tensor_get_shape (layer->inputs[k]));

  cnn_op_get (layer->kind)->backward (&context, (const CnnTensor *const *) layer->inputs, output, weights,
                                      d_inputs, pick (1, 3));

  for (guint k = 0; k < layer->n_inputs; k++)
    {
      gsize n = cnn_tensor_get_n_elements (d_inputs[k]);
      double step = 0.05 / n;

      for (guint i = 0; i < 4; i++)
        {
          g_autoptr (CnnTensor) direction = reference_random (cnn_tensor_get_shape (d_inputs[k]), -1, 1);
          double found = dot (d_inputs[k], direction);
          double expected = (evaluate (layer, k, direction, step, weights) -
                             evaluate (layer, k, direction, -step, weights)) / (2 * step);
          double scale = sqrt (dot (d_inputs[k], d_inputs[k])) + sqrt (dot (weights, weights));

          g_test_message ("%s, input %u: %g, by differences %g", cnn_kind_get_name (layer->kind), k, found, expected);
          g_assert_cmpfloat (fabs (found - expected), <=, 5e-3 * scale);
        }
    }

  for (guint k = 0; k < 3; k++)
    {
      g_clear_pointer (&d_inputs[k], cnn_tensor_unref);
      g_clear_pointer (&layer->inputs[k], cnn_tensor_unref);
    }
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    g_clear_pointer (&layer->parameters[i], cnn_tensor_unref);
}

static Layer
new_layer (CnnKind         kind,
           const CnnShape *shape,
           double          minimum,
           double          maximum)
{
  Layer layer = { .kind = kind, .n_inputs = 1 };

  cnn_attributes_init (&layer.attributes);
  layer.inputs[0] = spread_numbers (shape, minimum, maximum, 0);

  return layer;
}

static void
test_functions (void)
{
  for (CnnKind kind = CNN_KIND_RELU; kind < CNN_KIND_FLOOR; kind++)
    for (guint form = 0; form < 2; form++)
      {
        gboolean positive = kind == CNN_KIND_LOG || kind == CNN_KIND_SQRT || kind == CNN_KIND_RECIPROCAL;
        CnnShape shape = CNN_SHAPE_4 (2, 3, 1, 5);
        Layer layer = new_layer (kind, &shape, positive ? 0.5 : -4, 4);

        layer.attributes.minimum = -1.01;
        layer.attributes.maximum = 2.03;
        layer.attributes.alpha = 0.3;
        layer.attributes.beta = 0.45;
        layer.attributes.gamma = 1.2;
        layer.attributes.tanh_form = form == 1;
        if (kind == CNN_KIND_PRELU)
          layer.parameters[CNN_PARAMETER_WEIGHT] = reference_random (&CNN_SHAPE_1 (form == 0 ? 1 : 3), -1, 1);
        check_layer (&layer);
      }
}

static void
test_convolution (void)
{
  for (guint i = 0; i < 60; i++)
    {
      guint groups = pick (1, 3), channels = pick (1, 3), filters = pick (1, 6);
      CnnShape shape = CNN_SHAPE_4 (pick (1, 2), groups * channels, pick (7, 9), pick (7, 10));
      Layer layer = new_layer (CNN_KIND_CONVOLUTION, &shape, -1, 1);

      layer.attributes.groups = groups;
      for (guint axis = 0; axis < 2; axis++)
        {
          layer.attributes.kernel[axis] = pick (1, 3);
          layer.attributes.stride[axis] = pick (1, 3);
          layer.attributes.dilation[axis] = pick (1, 2);
        }
      for (guint side = 0; side < 4; side++)
        layer.attributes.padding[side] = pick (0, 3);
      layer.parameters[CNN_PARAMETER_WEIGHT] =
        reference_random (&CNN_SHAPE_4 (groups * filters, channels, layer.attributes.kernel[0],
                                        layer.attributes.kernel[1]), -1, 1);
      check_layer (&layer);
    }
}

static void
test_pooling (void)
{
  for (guint i = 0; i < 80; i++)
    {
      CnnKind kind = CNN_KIND_MAX_POOL + i % 4;
      CnnShape shape = CNN_SHAPE_4 (pick (1, 2), pick (1, 2), pick (5, 8), pick (5, 8));
      Layer layer = new_layer (kind, &shape, -1, 1);

      for (guint axis = 0; axis < 2; axis++)
        {
          layer.attributes.kernel[axis] = pick (2, 3);
          layer.attributes.stride[axis] = pick (1, 3);
          layer.attributes.padding[axis] = layer.attributes.padding[axis + 2] = pick (0, 1);
          layer.attributes.output_size[axis] = pick (1, 6);
        }
      layer.attributes.ceil_mode = chance (0.5);
      layer.attributes.count_include_pad = chance (0.5);
      check_layer (&layer);
    }
}

static void
test_arithmetic (void)
{
  for (CnnKind kind = CNN_KIND_ADD; kind <= CNN_KIND_POWER; kind++)
    for (guint form = 0; form < 4; form++)
      {
        gboolean many = kind != CNN_KIND_SUBTRACT && kind != CNN_KIND_DIVIDE && kind != CNN_KIND_POWER;
        CnnShape shape = CNN_SHAPE_4 (2, 3, 2, 3);
        CnnShape small = CNN_SHAPE_4 (2, 3, form == 0 ? 2 : 1, form == 0 ? 3 : 1);
        Layer layer = new_layer (kind, &shape, 0.5, 2.5);

        if (form < 2)
          {
            layer.inputs[layer.n_inputs++] = spread_numbers (&small, 0.5, 2.5, 1);
            if (many)
              layer.inputs[layer.n_inputs++] = spread_numbers (&shape, 0.5, 2.5, 2);
          }
        else
          {
            layer.attributes.constant_first = form == 3;
            layer.parameters[CNN_PARAMETER_WEIGHT] = spread_numbers (&CNN_SHAPE_1 (3), 0.5, 2.5, 1);
          }
        check_layer (&layer);
      }
}

static void
test_others (void)
{
  CnnShape shape = CNN_SHAPE_4 (2, 4, 3, 5);
  Layer layer = new_layer (CNN_KIND_LINEAR, &shape, -1, 1);

  layer.parameters[CNN_PARAMETER_WEIGHT] = reference_random (&CNN_SHAPE_2 (7, 5), -1, 1);
  check_layer (&layer);

  layer = new_layer (CNN_KIND_BATCH_NORM, &shape, -1, 1);
  for (CnnParameter i = CNN_PARAMETER_WEIGHT; i <= CNN_PARAMETER_VARIANCE; i++)
    layer.parameters[i] = reference_random (&CNN_SHAPE_1 (4), 0.5, 1.5);
  check_layer (&layer);

  for (guint axis = 1; axis < 4; axis++)
    {
      layer = new_layer (CNN_KIND_SOFTMAX, &shape, -1, 1);
      layer.attributes.axis = axis;
      check_layer (&layer);

      layer = new_layer (CNN_KIND_CONCAT, &shape, -1, 1);
      layer.attributes.axis = axis;
      layer.inputs[layer.n_inputs++] = spread_numbers (&shape, -1, 1, 1);
      check_layer (&layer);
    }
}

static void
test_moves (void)
{
  CnnShape shape = CNN_SHAPE_4 (1, 4, 4, 6);
  const CnnKind kinds[] = { CNN_KIND_FLATTEN, CNN_KIND_TRANSPOSE, CNN_KIND_PAD, CNN_KIND_CHANNEL_SHUFFLE,
                            CNN_KIND_DEPTH_TO_SPACE, CNN_KIND_SPACE_TO_DEPTH, CNN_KIND_DROPOUT };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (CnnPadMode mode = CNN_PAD_CONSTANT; mode <= CNN_PAD_EDGE; mode++)
      {
        Layer layer = new_layer (kinds[i], &shape, -1, 1);
        const guint order[] = { 0, 2, 3, 1 };

        layer.attributes.axis = 1;
        layer.attributes.groups = 2;
        layer.attributes.size = 2;
        layer.attributes.pad_mode = mode;
        layer.attributes.pad_value = 3;
        layer.attributes.begin[3] = 2;
        layer.attributes.end[2] = 1;
        memcpy (layer.attributes.permutation, order, sizeof order);
        check_layer (&layer);
      }
}

static CnnStateDict *
load_tensors (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  CnnStateDict *tensors = cnn_state_dict_load (file, NULL, &error);

  g_assert_no_error (error);

  return tensors;
}

static void
assert_close (const char   *name,
              const double *found,
              CnnTensor    *expected,
              double        tolerance)
{
  double greatest = 0, worst = 0;

  for (gsize i = 0; i < cnn_tensor_get_n_elements (expected); i++)
    {
      greatest = fmax (greatest, fabs (cnn_tensor_get_data (expected)[i]));
      worst = fmax (worst, fabs (found[i] - cnn_tensor_get_data (expected)[i]));
    }

  g_test_message ("%s: off by %.2g of %.4g", name, worst, greatest);
  g_assert_cmpfloat (greatest, >, 0);
  g_assert_cmpfloat (worst, <=, tolerance * greatest);
}

/* Grad-CAM, from the gradients and the activations of one layer. */
static void
check_grad_cam (CnnTensor    *a,
                CnnTensor    *d_a,
                CnnStateDict *oracle)
{
  const CnnShape *shape = cnn_tensor_get_shape (a);
  gsize plane = shape->dims[2] * shape->dims[3];
  g_autofree double *means = g_new0 (double, shape->dims[1]);
  g_autofree double *map = g_new0 (double, plane);

  for (gsize c = 0; c < shape->dims[1]; c++)
    {
      for (gsize i = 0; i < plane; i++)
        means[c] += cnn_tensor_get_data (d_a)[c * plane + i] / plane;
      for (gsize i = 0; i < plane; i++)
        map[i] += means[c] * cnn_tensor_get_data (a)[c * plane + i];
    }

  assert_close ("activation_gradient_mean", means, cnn_state_dict_find (oracle, "activation_gradient_mean"), 1e-3);
  assert_close ("gradcam_raw", map, cnn_state_dict_find (oracle, "gradcam_raw"), 1e-3);
  for (gsize i = 0; i < plane; i++)
    map[i] = MAX (map[i], 0);
  assert_close ("gradcam", map, cnn_state_dict_find (oracle, "gradcam"), 1e-3);
}

typedef struct
{
  const char *model;
  const char *picture;
  const char *oracle;
  const char *layer;
  double tolerance;             /* of the saliency, relative to its greatest value */
} Case;

static void
test_oracle (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *model_path = pack_find (test->model);
  g_autofree char *picture_path = pack_find (test->picture);
  g_autofree char *oracle_path = pack_find (test->oracle);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnNetwork) network = NULL;
  g_autoptr (CnnPredictor) predictor = NULL;
  g_autoptr (CnnActivations) activations = NULL;
  g_autoptr (CnnGradients) gradients = NULL;
  g_autoptr (CnnTensor) logits = NULL;
  g_autoptr (CnnTensor) a = NULL;
  g_autoptr (CnnStateDict) picture = NULL;
  g_autoptr (CnnStateDict) oracle = NULL;
  g_autoptr (GFile) model = NULL;
  g_autofree double *saliency = NULL;
  CnnTensor *d_input;
  guint best = 0, layer;
  gint64 start;

  if (pack_skip (model_path) || pack_skip (picture_path) || pack_skip (oracle_path))
    return;

  model = g_file_new_for_path (model_path);
  network = cnn_network_load (model, NULL, &error);
  g_assert_no_error (error);
  picture = load_tensors (picture_path);
  oracle = load_tensors (oracle_path);
  predictor = cnn_predictor_new (network);
  activations = cnn_predictor_look (predictor, cnn_state_dict_find (picture, "input"), 2, NULL, &error);
  g_assert_no_error (error);

  logits = cnn_activations_dup_logits (activations);
  for (guint i = 1; i < cnn_network_get_n_classes (network); i++)
    if (cnn_tensor_get_data (logits)[i] > cnn_tensor_get_data (logits)[best])
      best = i;

  start = g_get_monotonic_time ();
  gradients = cnn_gradients_new (activations, best, 2, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s: %.3f s", test->oracle, (g_get_monotonic_time () - start) / 1e6);

  d_input = cnn_gradients_get_layer (gradients, 0);
  saliency = g_new (double, cnn_tensor_get_n_elements (d_input));
  for (gsize i = 0; i < cnn_tensor_get_n_elements (d_input); i++)
    saliency[i] = cnn_tensor_get_data (d_input)[i];
  assert_close ("saliency", saliency, cnn_state_dict_find (oracle, "saliency"), test->tolerance);

  layer = cnn_layer_get_index (cnn_network_find_layer (network, test->layer));
  a = cnn_activations_dup_layer (activations, layer);
  check_grad_cam (a, cnn_gradients_get_layer (gradients, layer), oracle);
}

#define CASE(model, picture, layer, tolerance) \
  { "models/" model "-imagenet.safetensors", "oracle/activations/squeezenet1_1-" picture ".safetensors", \
    "gradients/" model "-" picture ".safetensors", layer, tolerance }

static const Case cases[] = {
  CASE ("squeezenet1_1", "002", "features.12", 1e-3),
  CASE ("squeezenet1_1", "010", "features.12", 1e-3),
  CASE ("squeezenet1_1", "104", "features.12", 1e-3),
  CASE ("resnet18", "002", "layer4", 1e-3),

  /* One input of a ReLU6, in features.3, is 10⁻⁶ from 0, which is as much as sums
   * in another order may differ by: its gradient passes there, or does not. */
  CASE ("mobilenet_v2", "002", "features.18", 1e-2),
};

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/gradients/functions", test_functions);
  g_test_add_func ("/engine/gradients/convolution", test_convolution);
  g_test_add_func ("/engine/gradients/pooling", test_pooling);
  g_test_add_func ("/engine/gradients/arithmetic", test_arithmetic);
  g_test_add_func ("/engine/gradients/others", test_others);
  g_test_add_func ("/engine/gradients/moves", test_moves);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/gradients/%s", cases[i].oracle);

      g_test_add_data_func (path, &cases[i], test_oracle);
    }

  return g_test_run ();
}
