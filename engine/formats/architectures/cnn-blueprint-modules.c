#define G_LOG_DOMAIN "cnn-blueprint-modules"

#include "formats/architectures/cnn-blueprint-drawing-private.h"

/* A vector that is no tensor of the file. */
static CnnTensor *
make_vector (const float numbers[3])
{
  return cnn_tensor_new_from_data (&CNN_SHAPE_1 (3), numbers);
}

/* Networks that torchvision took over from elsewhere want pictures from −1 to 1,
 * but are given them as all its networks are, by ImageNet's mean m and deviation
 * s; so they start with a correction (transform_input):
 *
 *   out = in · s/0.5 + (m − 0.5)/0.5
 *
 * which is a batch norm of mean (0.5 − m)/s and deviation 0.5/s that has learned
 * nothing. The tensors do not tell whether a network starts so. Those that
 * torchvision gives out do, and others were mostly trained on from them. For one
 * that does not, a preset takes the correction back: mean m + s·(m − 0.5)/0.5 and
 * deviation s·s/0.5. */
guint
cnn_blueprint_transform_input (CnnBlueprint *self,
                               guint         input)
{
  const double m[] = { 0.485, 0.456, 0.406 };
  const double s[] = { 0.229, 0.224, 0.225 };
  CnnBlueprintLayer *layer =
    cnn_blueprint_add_layer (self, CNN_KIND_BATCH_NORM, cnn_blueprint_dup_name (self, "transform_input"), &input, 1);
  float mean[3], variance[3];

  for (guint i = 0; i < 3; i++)
    {
      mean[i] = (0.5 - m[i]) / s[i];
      variance[i] = (0.5 / s[i]) * (0.5 / s[i]);
    }
  layer->attributes.epsilon = 0;
  layer->parameters[CNN_PARAMETER_MEAN] = make_vector (mean);
  layer->parameters[CNN_PARAMETER_VARIANCE] = make_vector (variance);

  return cnn_blueprint_get_last (self);
}

static void
enter_module (CnnBlueprint *self,
              const char   *name)
{
  if (name == NEXT)
    enter_next (self);
  else
    enter (self, "%s", name);
}

/* A convolution, its batch norm and an activation, if there is one:
 * torchvision.ops.Conv2dNormActivation. */
guint
cnn_blueprint_norm_activation (CnnBlueprint             *self,
                               guint                     input,
                               const char               *name,
                               CnnKind                   activation,
                               const CnnConvolutionSpec *spec)
{
  CnnConvolutionSpec with_norm = *spec;

  with_norm.norm = "1";
  enter_module (self, name);
  input = cnn_blueprint_convolution (self, input, "0", &with_norm);
  if (activation != NO_ACTIVATION)
    input = activation (self, input, "2", activation);
  leave (self);

  return input;
}

/* What the parts of a squeeze and excitation are called. */
typedef struct
{
  const char *pool;
  const char *reduce;
  const char *activation;
  const char *expand;
  const char *gate;
  const char *multiply;
} ExcitationNames;

static gsize
measure_squeezed (CnnBlueprint          *self,
                  const ExcitationNames *names,
                  gsize                  usual)
{
  g_autofree char *reduce = cnn_blueprint_dup_name (self, names->reduce);
  g_autofree char *expand = cnn_blueprint_dup_name (self, names->expand);
  CnnBallot ballot = { .n = 0 };

  cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, reduce, "weight"), 0);
  cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, reduce, "bias"), 0);
  cnn_ballot_add (&ballot, cnn_blueprint_find_shape (self, expand, "weight"), 1);

  return cnn_ballot_decide (&ballot, MAX (usual, 1));
}

/* Hu et al., "Squeeze-and-Excitation Networks", 2017;
 * torchvision.ops.SqueezeExcitation, timm's SqueezeExcite. */
guint
cnn_blueprint_excitation (CnnBlueprint            *self,
                          guint                    input,
                          const char              *name,
                          const CnnExcitationSpec *spec)
{
  static const ExcitationNames torchvision = { "avgpool", "fc1", "activation", "fc2", "scale_activation", "mul" };
  static const ExcitationNames timm = { "mean", "conv_reduce", "act1", "conv_expand", "gate", "mul" };
  const ExcitationNames *names = spec->timm ? &timm : &torchvision;
  gsize squeezed;
  guint x;

  enter_module (self, name);
  squeezed = measure_squeezed (self, names, spec->squeezed);
  x = adaptive_pool (self, input, names->pool, 1);
  x = convolution (self, x, names->reduce, .out = squeezed, .exact = TRUE, .bias = TRUE);
  x = activation (self, x, names->activation, spec->activation);
  x = convolution (self, x, names->expand, .out = channels (self, input), .exact = TRUE, .bias = TRUE);
  x = activation (self, x, names->gate, spec->gate);
  x = multiply (self, names->multiply, x, input);
  leave (self);

  return x;
}
