#include "run/cnn-predictor.h"

#include "core/cnn-error.h"
#include "network/cnn-network-builder.h"
#include "ops/cnn-op-private.h"
#include "support/random-network.h"

#include <math.h>
#include <string.h>

#define N_NETWORKS 60

static CnnTensor *
random_input (CnnNetwork *network,
              gsize       n)
{
  CnnShape shape = *cnn_network_get_input_shape (network);

  shape.dims[0] = n;

  return random_tensor (&shape, 1);
}

static CnnTensor *
run (CnnPredictor *predictor,
     CnnTensor    *input,
     guint         n_threads)
{
  g_autoptr (GError) error = NULL;
  CnnTensor *logits = cnn_predictor_run (predictor, input, n_threads, NULL, &error);

  g_assert_no_error (error);

  return logits;
}

static CnnActivations *
look (CnnPredictor *predictor,
      CnnTensor    *input,
      guint         n_threads)
{
  g_autoptr (GError) error = NULL;
  CnnActivations *activations = cnn_predictor_look (predictor, input, n_threads, NULL, &error);

  g_assert_no_error (error);

  return activations;
}

static void
assert_same_bits (CnnTensor *a,
                  CnnTensor *b)
{
  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (a), cnn_tensor_get_shape (b)));
  g_assert_cmpmem (cnn_tensor_get_data (a), cnn_tensor_get_n_elements (a) * sizeof (float),
                   cnn_tensor_get_data (b), cnn_tensor_get_n_elements (b) * sizeof (float));
}

/* Rounding is measured against what was added up, not against what was left of it
 * when the terms cancelled one another. */
static void
assert_close (CnnTensor  *found,
              CnnTensor  *expected,
              CnnTensor  *magnitude,
              double      tolerance,
              const char *name)
{
  const float *a = cnn_tensor_get_data (found);
  const float *b = cnn_tensor_get_data (expected);
  const float *m = cnn_tensor_get_data (magnitude);
  double greatest = 0, worst = 0;

  g_assert_true (cnn_shape_equal (cnn_tensor_get_shape (found), cnn_tensor_get_shape (expected)));
  for (gsize i = 0; i < cnn_tensor_get_n_elements (found); i++)
    {
      g_assert_false (isnan (a[i]));
      greatest = MAX (greatest, MAX (fabs (b[i]), fabs (m[i])));
      if (a[i] != b[i])
        worst = MAX (worst, fabs ((double) a[i] - b[i]));
    }

  if (worst > tolerance * greatest)
    g_test_fail_printf ("%s is off by %g, with terms up to %g", name, worst, greatest);
}

static CnnTensor *
dup_absolute (CnnTensor *tensor,
              float      sign)
{
  CnnTensor *absolute = cnn_tensor_new_uninitialized (cnn_tensor_get_shape (tensor));

  for (gsize i = 0; i < cnn_tensor_get_n_elements (tensor); i++)
    cnn_tensor_get_mutable_data (absolute)[i] = sign * fabsf (cnn_tensor_get_data (tensor)[i]);

  return absolute;
}

/* What the operation itself makes of what the activations hold as its input; or,
 * with every number taken without its sign, how large the terms of it are. */
static CnnTensor *
forward (CnnActivations *activations,
         CnnLayer       *layer,
         gboolean        absolute)
{
  g_autoptr (GPtrArray) inputs = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func ((GDestroyNotify) cnn_tensor_unref);
  CnnTensor *parameters[CNN_N_PARAMETERS];
  CnnTensor *output = cnn_tensor_new (cnn_layer_get_shape (layer));
  CnnOpContext context = { cnn_layer_get_kind (layer), cnn_layer_get_attributes (layer), parameters,
                           cnn_layer_get_n_inputs (layer) };

  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    {
      parameters[i] = cnn_layer_get_parameter (layer, i);
      if (parameters[i] == NULL || !absolute)
        continue;

      /* The mean is the one that is subtracted. */
      parameters[i] = dup_absolute (parameters[i], i == CNN_PARAMETER_MEAN ? -1 : 1);
      g_ptr_array_add (kept, parameters[i]);
    }

  for (guint i = 0; i < context.n_inputs; i++)
    {
      guint index = cnn_layer_get_index (cnn_layer_get_input (layer, i));
      g_autoptr (CnnTensor) input = cnn_activations_dup_layer (activations, index);

      g_ptr_array_add (inputs, absolute ? dup_absolute (input, 1) : cnn_tensor_ref (input));
    }

  cnn_op_get (cnn_layer_get_kind (layer))->forward (&context, (const CnnTensor *const *) inputs->pdata, output);

  return output;
}

/* Every layer of random networks, against the plain arithmetic of its kind. */
static void
test_layers (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) input = random_input (network, 1);
      g_autoptr (CnnActivations) activations = look (predictor, input, 1);
      g_autoptr (CnnTensor) kept_input = cnn_activations_dup_layer (activations, 0);

      assert_same_bits (kept_input, input);
      for (guint j = 1; j < cnn_network_get_n_layers (network); j++)
        {
          CnnLayer *layer = cnn_network_get_layer (network, j);
          g_autoptr (CnnTensor) found = cnn_activations_dup_layer (activations, j);
          g_autoptr (CnnTensor) expected = forward (activations, layer, FALSE);
          g_autoptr (CnnTensor) magnitude = forward (activations, layer, TRUE);

          assert_close (found, expected, magnitude, 1e-5, cnn_layer_get_name (layer));
        }
    }
}

/* Plain or looking, alone or in a batch, by one thread or several: same bits. */
static void
test_same_bits (void)
{
  for (guint i = 0; i < N_NETWORKS; i++)
    {
      g_autoptr (CnnNetwork) network = random_network (g_test_rand_int_range (2, 25));
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      guint n = g_test_rand_int_range (1, 10);
      g_autoptr (CnnTensor) batch = random_input (network, n);
      g_autoptr (CnnTensor) expected = run (predictor, batch, 1);
      g_autoptr (CnnActivations) activations = look (predictor, batch, 2);
      g_autoptr (CnnTensor) looked = cnn_activations_dup_logits (activations);

      assert_same_bits (looked, expected);
      for (guint n_threads = 2; n_threads <= 3; n_threads++)
        {
          g_autoptr (CnnTensor) again = run (predictor, batch, n_threads);

          assert_same_bits (again, expected);
        }
      for (guint j = 0; j < n; j++)
        {
          g_autoptr (CnnTensor) picture = cnn_tensor_slice (batch, j);
          g_autoptr (CnnTensor) alone = run (predictor, picture, 1);
          g_autoptr (CnnTensor) row = cnn_tensor_slice (expected, j);

          assert_same_bits (alone, row);
        }
    }
}

/* Large enough for threads to share the layers in earnest. */
static void
add_convolution (CnnNetworkBuilder *builder,
                 const char        *name,
                 guint              input,
                 guint              filters)
{
  gsize channels = cnn_network_builder_get_shape (builder, input)->dims[1];
  g_autoptr (CnnTensor) weight = random_tensor (&CNN_SHAPE_4 (filters, channels, 3, 3), sqrt (3.0 / 9 / channels));
  CnnTensor *parameters[CNN_N_PARAMETERS] = { weight };
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;

  cnn_attributes_init (&attributes);
  for (guint i = 0; i < 4; i++)
    {
      attributes.kernel[i % 2] = 3;
      attributes.padding[i] = 1;
    }

  cnn_network_builder_add (builder, name, CNN_KIND_CONVOLUTION, &attributes, &input, 1, parameters, &error);
  g_assert_no_error (error);
}

static CnnNetwork *
make_wide_network (void)
{
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("wide", &CNN_SHAPE_4 (1, 3, 45, 51));
  g_autoptr (GError) error = NULL;
  CnnAttributes attributes;
  CnnNetwork *network;
  guint layer = 3;

  add_convolution (builder, "conv1", 0, 72);
  add_convolution (builder, "conv2", 1, 40);
  add_convolution (builder, "conv3", 2, 10);
  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;
  layer = cnn_network_builder_add (builder, "pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &layer, 1, NULL, NULL);
  attributes.axis = 1;
  cnn_network_builder_add (builder, "flatten", CNN_KIND_FLATTEN, &attributes, &layer, 1, NULL, &error);
  g_assert_no_error (error);

  network = cnn_network_builder_freeze (builder, NULL, &error);
  g_assert_no_error (error);

  return network;
}

typedef struct
{
  CnnPredictor *predictor;
  CnnTensor *input;
  CnnTensor *expected;
} Caller;

static gpointer
caller_thread (gpointer data)
{
  Caller *caller = data;

  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (CnnTensor) logits = run (caller->predictor, caller->input, 1 + i % 4);

      assert_same_bits (logits, caller->expected);
    }

  return NULL;
}

/* Several callers at once, each with several threads. */
static void
test_callers (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 1);
  g_autoptr (CnnTensor) expected = run (predictor, input, 1);
  Caller caller = { predictor, input, expected };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("caller", caller_thread, &caller);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* A picture of bytes, and one mirrored, that lie in a larger one; and the same as
 * numbers. */
#define PIXELS_WIDTH 23
#define PIXELS_HEIGHT 17

typedef struct
{
  guint8 bytes[3 * 31 * 20];
  float levels[3][256];
  CnnPixels pixels[2];
  CnnTensor *tensor;
} Bytes;

static Bytes *
bytes_new (void)
{
  Bytes *self = g_new0 (Bytes, 1);
  float *to;

  for (gsize i = 0; i < sizeof self->bytes; i++)
    self->bytes[i] = g_test_rand_int_range (0, 256);
  for (guint c = 0; c < 3; c++)
    for (guint i = 0; i < 256; i++)
      self->levels[c][i] = g_test_rand_double_range (-2, 2);

  self->tensor = cnn_tensor_new (&CNN_SHAPE_4 (2, 3, PIXELS_HEIGHT, PIXELS_WIDTH));
  to = cnn_tensor_get_mutable_data (self->tensor);
  for (guint i = 0; i < 2; i++)
    {
      const CnnPixels pixels = {
        .first = self->bytes + 3 * (2 * 31 + (i == 0 ? 4 : 3 + PIXELS_WIDTH)),
        .across = i == 0 ? 3 : -3,
        .down = 3 * 31,
        .width = PIXELS_WIDTH,
        .height = PIXELS_HEIGHT,
        .levels = (const float (*)[256]) self->levels,
      };

      self->pixels[i] = pixels;
      for (int c = 0; c < 3; c++)
        for (int y = 0; y < PIXELS_HEIGHT; y++)
          for (int x = 0; x < PIXELS_WIDTH; x++)
            *to++ = self->levels[c][pixels.first[y * pixels.down + x * pixels.across + c]];
    }

  return self;
}

static void
bytes_free (Bytes *self)
{
  cnn_tensor_unref (self->tensor);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Bytes, bytes_free)

/* A network that begins with a convolution, for which the input lies side by side,
 * or with another layer. */
static CnnNetwork *
make_network_for_bytes (gboolean convolution_first,
                        gsize    n_channels)
{
  const CnnShape input = CNN_SHAPE_4 (1, n_channels, PIXELS_HEIGHT, PIXELS_WIDTH);
  const CnnShape kernels_shape = CNN_SHAPE_4 (11, n_channels, 3, 3);
  g_autoptr (CnnNetworkBuilder) builder = cnn_network_builder_new ("bytes", &input);
  g_autoptr (CnnTensor) kernels = random_tensor (&kernels_shape, 1);
  CnnTensor *parameters[CNN_N_PARAMETERS] = { kernels };
  CnnAttributes attributes;
  CnnNetwork *network;
  guint last = 0;

  if (!convolution_first)
    last = cnn_network_builder_add (builder, "relu", CNN_KIND_RELU, NULL, &last, 1, NULL, NULL);

  cnn_attributes_init (&attributes);
  attributes.kernel[0] = attributes.kernel[1] = 3;
  last = cnn_network_builder_add (builder, "conv", CNN_KIND_CONVOLUTION, &attributes, &last, 1,
                                  parameters, NULL);
  cnn_attributes_init (&attributes);
  attributes.output_size[0] = attributes.output_size[1] = 1;
  cnn_network_builder_add (builder, "pool", CNN_KIND_ADAPTIVE_AVERAGE_POOL, &attributes, &last, 1,
                           NULL, NULL);

  network = cnn_network_builder_freeze (builder, NULL, NULL);
  g_assert_nonnull (network);

  return network;
}

/* From bytes come the same bits as from the numbers that they stand for. */
static void
test_pixels (void)
{
  g_autoptr (Bytes) bytes = bytes_new ();

  for (guint first = 0; first < 2; first++)
    {
      g_autoptr (CnnNetwork) network = make_network_for_bytes (first == 0, 3);
      g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
      g_autoptr (CnnTensor) expected = run (predictor, bytes->tensor, 1);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) apart = NULL;
      g_autoptr (GPtrArray) together = NULL;

      apart = cnn_predictor_predict_pixels (predictor, bytes->pixels, 2, 1, 2, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (apart->len, ==, 2);
      for (guint i = 0; i < 2; i++)
        g_assert_cmpmem (cnn_prediction_get_logits (g_ptr_array_index (apart, i), 0), 11 * sizeof (float),
                         cnn_tensor_get_data (expected) + 11 * i, 11 * sizeof (float));

      together = cnn_predictor_predict_pixels (predictor, bytes->pixels, 1, 2, 1, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (together->len, ==, 1);
      g_assert_cmpmem (cnn_prediction_get_logits (g_ptr_array_index (together, 0), 0), 22 * sizeof (float),
                       cnn_tensor_get_data (expected), 22 * sizeof (float));
    }
}

static void
test_pixels_refused (void)
{
  g_autoptr (Bytes) bytes = bytes_new ();
  g_autoptr (CnnNetwork) four_channels = make_network_for_bytes (TRUE, 4);
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (four_channels);
  g_autoptr (CnnNetwork) wide = make_wide_network ();
  g_autoptr (CnnPredictor) wide_predictor = cnn_predictor_new (wide);
  g_autoptr (GError) error = NULL;

  g_assert_null (cnn_predictor_predict_pixels (predictor, bytes->pixels, 2, 1, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
  g_assert_cmpstr (error->message, ==,
                   "bytes: the input is 2×3×17×23, expected 1×4×17×23, or several of these");
  g_clear_error (&error);

  g_assert_null (cnn_predictor_predict_pixels (wide_predictor, bytes->pixels, 1, 1, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
}

static void
test_wrong_shape (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) small = cnn_tensor_new (&CNN_SHAPE_4 (1, 3, 45, 50));
  g_autoptr (CnnTensor) flat = cnn_tensor_new (&CNN_SHAPE_2 (1, 45));
  g_autoptr (CnnTensor) none = cnn_tensor_new (&CNN_SHAPE_4 (0, 3, 45, 51));
  CnnTensor *inputs[] = { small, flat, none };

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cnn_predictor_run (predictor, inputs[i], 1, NULL, &error));
      g_assert_error (error, CNN_ERROR, CNN_ERROR_SHAPE);
      g_assert_nonnull (strstr (error->message, "expected 1×3×45×51"));
      g_assert_null (cnn_predictor_look (predictor, inputs[i], 1, NULL, NULL));
    }
}

static void
test_nan (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnActivations) activations = NULL;

  cnn_tensor_get_mutable_data (input)[100] = NAN;

  g_assert_null (cnn_predictor_run (predictor, input, 1, NULL, &error));
  g_assert_error (error, CNN_ERROR, CNN_ERROR_VALUE);

  activations = look (predictor, input, 1);
  g_assert_nonnull (activations);
}

static void
test_cancelled (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);

  g_assert_null (cnn_predictor_run (predictor, input, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (cnn_predictor_look (predictor, input, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef struct
{
  CnnPrediction *prediction;
  CnnActivations *activations;
  GError *error;
  guint n_answers;
} Answers;

static void
predict_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Answers *answers = data;

  answers->prediction = cnn_predictor_predict_finish (CNN_PREDICTOR (source), result, &answers->error);
  answers->n_answers++;
}

static void
look_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Answers *answers = data;

  answers->activations = cnn_predictor_look_finish (CNN_PREDICTOR (source), result, NULL);
  answers->n_answers++;
}

static void
test_async (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 5);
  g_autoptr (CnnTensor) expected = run (predictor, input, 1);
  g_autoptr (CnnTensor) logits = NULL;
  Answers answers = { NULL };

  cnn_predictor_predict_async (predictor, input, NULL, predict_cb, &answers);
  cnn_predictor_look_async (predictor, input, NULL, look_cb, &answers);
  while (answers.n_answers < 2)
    g_main_context_iteration (NULL, TRUE);

  g_assert_no_error (answers.error);
  g_assert_cmpuint (cnn_prediction_get_n_crops (answers.prediction), ==, 5);
  g_assert_cmpmem (cnn_prediction_get_logits (answers.prediction, 0), 50 * sizeof (float),
                   cnn_tensor_get_data (expected), 50 * sizeof (float));
  logits = cnn_activations_dup_logits (answers.activations);
  assert_same_bits (logits, expected);

  cnn_prediction_unref (answers.prediction);
  cnn_activations_unref (answers.activations);
}

static void
test_async_cancelled (void)
{
  g_autoptr (CnnNetwork) network = make_wide_network ();
  g_autoptr (CnnPredictor) predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 5);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Answers answers = { NULL };

  cnn_predictor_predict_async (predictor, input, cancellable, predict_cb, &answers);
  g_cancellable_cancel (cancellable);
  while (answers.n_answers < 1)
    g_main_context_iteration (NULL, TRUE);

  g_assert_null (answers.prediction);
  g_assert_error (answers.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answers.error);
}

/* What looking found outlives everything that it was found with. */
static void
test_activations_alone (void)
{
  CnnNetwork *network = make_wide_network ();
  CnnPredictor *predictor = cnn_predictor_new (network);
  g_autoptr (CnnTensor) input = random_input (network, 2);
  g_autoptr (CnnTensor) expected = run (predictor, input, 1);
  g_autoptr (CnnActivations) activations = look (predictor, input, 1);
  g_autoptr (CnnTensor) logits = NULL;

  g_object_unref (network);
  g_assert_finalize_object (predictor);

  logits = cnn_activations_dup_logits (activations);
  assert_same_bits (logits, expected);
  g_assert_cmpstr (cnn_network_get_name (cnn_activations_get_network (activations)), ==, "wide");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/engine/predictor/layers", test_layers);
  g_test_add_func ("/engine/predictor/same-bits", test_same_bits);
  g_test_add_func ("/engine/predictor/callers", test_callers);
  g_test_add_func ("/engine/predictor/pixels", test_pixels);
  g_test_add_func ("/engine/predictor/pixels-refused", test_pixels_refused);
  g_test_add_func ("/engine/predictor/wrong-shape", test_wrong_shape);
  g_test_add_func ("/engine/predictor/nan", test_nan);
  g_test_add_func ("/engine/predictor/cancelled", test_cancelled);
  g_test_add_func ("/engine/predictor/async", test_async);
  g_test_add_func ("/engine/predictor/async-cancelled", test_async_cancelled);
  g_test_add_func ("/engine/predictor/activations-alone", test_activations_alone);

  return g_test_run ();
}
