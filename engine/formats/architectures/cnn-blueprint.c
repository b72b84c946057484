#define G_LOG_DOMAIN "cnn-blueprint"

#include "formats/architectures/cnn-blueprint-private.h"

#include <stdarg.h>

#include "network/cnn-network-builder.h"

/* How many of the mismatches a message tells. */
#define MAX_TOLD 3

/* torch.nn.BatchNorm2d's default. */
#define EPSILON 1e-5

/* Wider layers than this are no network but a damaged file; it also keeps the
 * arithmetic of descriptions far from overflow. */
#define MAX_EXTENT (1 << 20)

typedef struct
{
  char *name;
  CnnKind kind;
  CnnAttributes attributes;
  guint inputs[2];
  guint n_inputs;
  CnnTensor *parameters[CNN_N_PARAMETERS];     /* borrowed from the dict */
  CnnShape output;                             /* of the input layer */
  gsize channels;
  gsize n_cells;                               /* height·width where it is known, else 1 */
} Layer;

struct _CnnBlueprint
{
  CnnStateDict *dict;
  char *name;

  GString *module;              /* with its final dot */
  GArray *module_lengths;       /* of gsize: the lengths before each enter */
  GArray *layers;               /* of Layer */

  GHashTable *claimed;          /* a set of tensors' names */
  guint n_matches;
  guint n_mismatches;
  gboolean has_wrong_shape;
  GPtrArray *told;              /* the first mismatches, in words */
};

static void
layer_clear (gpointer data)
{
  Layer *layer = data;

  g_free (layer->name);
}

static CnnBlueprint *
blueprint_new (const char   *name,
               CnnStateDict *dict)
{
  CnnBlueprint *self = g_new0 (CnnBlueprint, 1);

  self->dict = cnn_state_dict_ref (dict);
  self->name = g_strdup (name);
  self->module = g_string_new (NULL);
  self->module_lengths = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->layers = g_array_new (FALSE, TRUE, sizeof (Layer));
  g_array_set_clear_func (self->layers, layer_clear);
  self->claimed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->told = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
cnn_blueprint_free (CnnBlueprint *self)
{
  g_ptr_array_unref (self->told);
  g_hash_table_unref (self->claimed);
  g_array_unref (self->layers);
  g_array_unref (self->module_lengths);
  g_string_free (self->module, TRUE);
  g_free (self->name);
  cnn_state_dict_unref (self->dict);
  g_free (self);
}

const char *
cnn_blueprint_get_name (CnnBlueprint *self)
{
  return self->name;
}

void
cnn_blueprint_set_name (CnnBlueprint *self,
                        const char   *format,
                        ...)
{
  va_list args;

  g_free (self->name);
  va_start (args, format);
  self->name = g_strdup_vprintf (format, args);
  va_end (args);
}

/* How many tensors are as the blueprint wants them. */
guint
cnn_blueprint_get_n_matches (CnnBlueprint *self)
{
  return self->n_matches;
}

/* How many are missing, of the wrong shape, or not wanted. */
guint
cnn_blueprint_get_n_mismatches (CnnBlueprint *self)
{
  return self->n_mismatches;
}

gboolean
cnn_blueprint_has_wrong_shape (CnnBlueprint *self)
{
  return self->has_wrong_shape;
}

char *
cnn_blueprint_describe_mismatches (CnnBlueprint *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->told->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "; " : "",
                            (const char *) g_ptr_array_index (self->told, i));
  if (self->n_mismatches > self->told->len)
    g_string_append_printf (text, "; and %u more", self->n_mismatches - self->told->len);

  return g_string_free (text, FALSE);
}

static void G_GNUC_PRINTF (2, 3)
add_mismatch (CnnBlueprint *self,
              const char   *format,
              ...)
{
  va_list args;

  self->n_mismatches++;
  if (self->told->len >= MAX_TOLD)
    return;

  va_start (args, format);
  g_ptr_array_add (self->told, g_strdup_vprintf (format, args));
  va_end (args);
}

/* An extent of one of the file's tensors, by its full name; fallback where there
 * is no such tensor. */
gsize
cnn_blueprint_get_extent (CnnBlueprint *self,
                          const char   *tensor,
                          guint         dimension,
                          gsize         fallback)
{
  CnnTensor *found = cnn_state_dict_find (self->dict, tensor);
  const CnnShape *shape = found != NULL ? cnn_tensor_get_shape (found) : NULL;

  if (shape == NULL || dimension >= shape->n_dims ||
      shape->dims[dimension] < 1 || shape->dims[dimension] > MAX_EXTENT)
    return fallback;

  return shape->dims[dimension];
}

/* From here to cnn_blueprint_leave(), names start with module and a dot. */
void
cnn_blueprint_enter (CnnBlueprint *self,
                     const char   *module)
{
  g_array_append_val (self->module_lengths, self->module->len);
  g_string_append_printf (self->module, "%s.", module);
}

void
cnn_blueprint_leave (CnnBlueprint *self)
{
  guint last = self->module_lengths->len - 1;

  g_string_truncate (self->module, g_array_index (self->module_lengths, gsize, last));
  g_array_set_size (self->module_lengths, last);
}

static Layer *
get_layer (CnnBlueprint *self,
           guint         index)
{
  return &g_array_index (self->layers, Layer, index);
}

gsize
cnn_blueprint_get_channels (CnnBlueprint *self,
                            guint         layer)
{
  return get_layer (self, layer)->channels;
}

/* A layer after input with as many channels, to be filled further. */
static Layer *
add_layer (CnnBlueprint *self,
           CnnKind       kind,
           const char   *name,
           guint         input)
{
  Layer layer = { .kind = kind, .inputs = { input }, .n_inputs = 1 };

  layer.name = g_strconcat (self->module->str, name, NULL);
  layer.channels = get_layer (self, input)->channels;
  layer.n_cells = get_layer (self, input)->n_cells;
  cnn_attributes_init (&layer.attributes);
  g_array_append_val (self->layers, layer);

  return get_layer (self, self->layers->len - 1);
}

static guint
last_index (CnnBlueprint *self)
{
  return self->layers->len - 1;
}

/* Finds the layer's tensor of that suffix, and holds it against the shape that
 * the architecture wants. */
static CnnTensor *
claim (CnnBlueprint   *self,
       const Layer    *layer,
       const char     *suffix,
       const CnnShape *shape)
{
  g_autofree char *name = g_strconcat (layer->name, ".", suffix, NULL);
  CnnTensor *tensor = cnn_state_dict_find (self->dict, name);
  g_autofree char *expected = cnn_shape_to_string (shape);
  g_autofree char *found = NULL;

  if (tensor == NULL)
    {
      add_mismatch (self, "%s is missing, %s expects it to be %s", name, self->name, expected);
      return NULL;
    }

  g_hash_table_add (self->claimed, g_strdup (name));
  if (cnn_shape_equal (cnn_tensor_get_shape (tensor), shape))
    {
      self->n_matches++;
      return tensor;
    }

  found = cnn_shape_to_string (cnn_tensor_get_shape (tensor));
  add_mismatch (self, "%s is %s, %s expects %s", name, found, self->name, expected);
  self->has_wrong_shape = TRUE;

  return NULL;
}

static void
set_square (guint pair[2],
            guint side)
{
  pair[0] = pair[1] = MAX (side, 1);
}

static void
set_window (CnnAttributes *attributes,
            guint          kernel,
            guint          stride,
            guint          padding)
{
  set_square (attributes->kernel, kernel);
  set_square (attributes->stride, stride);
  for (guint i = 0; i < G_N_ELEMENTS (attributes->padding); i++)
    attributes->padding[i] = padding;
}

/* Always the first layer; side is what the architecture was trained with. */
guint
cnn_blueprint_input (CnnBlueprint *self,
                     gsize         channels,
                     gsize         side)
{
  Layer layer = { .kind = CNN_KIND_INPUT, .channels = channels, .n_cells = 1 };

  layer.name = g_strdup ("input");
  layer.output = CNN_SHAPE_4 (1, channels, side, side);
  g_array_append_val (self->layers, layer);

  return last_index (self);
}

guint
cnn_blueprint_convolution (CnnBlueprint             *self,
                           guint                     input,
                           const char               *name,
                           const CnnConvolutionSpec *spec)
{
  Layer *layer = add_layer (self, CNN_KIND_CONVOLUTION, name, input);
  guint kernel = MAX (spec->kernel, 1);
  guint groups = MAX (spec->groups, 1);
  CnnShape weight = CNN_SHAPE_4 (spec->out, layer->channels / groups, kernel, kernel);

  set_window (&layer->attributes, kernel, spec->stride, spec->padding);
  layer->attributes.groups = groups;
  layer->parameters[CNN_PARAMETER_WEIGHT] = claim (self, layer, "weight", &weight);
  if (spec->bias)
    layer->parameters[CNN_PARAMETER_BIAS] = claim (self, layer, "bias", &CNN_SHAPE_1 (spec->out));
  layer->channels = spec->out;

  return last_index (self);
}

/* With bias, and of all that a flatten layer before it gives. */
guint
cnn_blueprint_linear (CnnBlueprint *self,
                      guint         input,
                      const char   *name,
                      gsize         out)
{
  Layer *layer = add_layer (self, CNN_KIND_LINEAR, name, input);

  layer->parameters[CNN_PARAMETER_WEIGHT] =
    claim (self, layer, "weight", &CNN_SHAPE_2 (out, layer->channels * layer->n_cells));
  layer->parameters[CNN_PARAMETER_BIAS] = claim (self, layer, "bias", &CNN_SHAPE_1 (out));
  layer->channels = out;
  layer->n_cells = 1;

  return last_index (self);
}

guint
cnn_blueprint_batch_norm (CnnBlueprint *self,
                          guint         input,
                          const char   *name)
{
  static const char *const suffixes[CNN_N_PARAMETERS] = {
    [CNN_PARAMETER_WEIGHT] = "weight",
    [CNN_PARAMETER_BIAS] = "bias",
    [CNN_PARAMETER_MEAN] = "running_mean",
    [CNN_PARAMETER_VARIANCE] = "running_var",
  };
  Layer *layer = add_layer (self, CNN_KIND_BATCH_NORM, name, input);

  layer->attributes.epsilon = EPSILON;
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    layer->parameters[i] = claim (self, layer, suffixes[i], &CNN_SHAPE_1 (layer->channels));

  return last_index (self);
}

guint
cnn_blueprint_max_pool (CnnBlueprint      *self,
                        guint              input,
                        const char        *name,
                        const CnnPoolSpec *spec)
{
  Layer *layer = add_layer (self, CNN_KIND_MAX_POOL, name, input);

  set_window (&layer->attributes, spec->kernel, spec->stride, spec->padding);
  layer->attributes.ceil_mode = spec->ceil_mode;

  return last_index (self);
}

/* Averages to side×side cells. */
guint
cnn_blueprint_adaptive_pool (CnnBlueprint *self,
                             guint         input,
                             const char   *name,
                             guint         side)
{
  Layer *layer = add_layer (self, CNN_KIND_ADAPTIVE_AVERAGE_POOL, name, input);

  set_square (layer->attributes.output_size, side);
  layer->n_cells = side * side;

  return last_index (self);
}

/* A layer that needs no more than its kind. */
guint
cnn_blueprint_simple (CnnBlueprint *self,
                      CnnKind       kind,
                      guint         input,
                      const char   *name)
{
  Layer *layer = add_layer (self, kind, name, input);

  layer->attributes.axis = 1;

  return last_index (self);
}

/* Adds or concatenates two layers. */
guint
cnn_blueprint_join (CnnBlueprint *self,
                    CnnKind       kind,
                    const char   *name,
                    guint         left,
                    guint         right)
{
  Layer *layer = add_layer (self, kind, name, left);

  layer->inputs[1] = right;
  layer->n_inputs = 2;
  if (kind == CNN_KIND_CONCAT)
    {
      layer->attributes.axis = 1;
      layer->channels += cnn_blueprint_get_channels (self, right);
    }

  return last_index (self);
}

/* What the file has and the architecture has no use for. */
static void
find_unwanted (CnnBlueprint *self)
{
  for (guint i = 0; i < cnn_state_dict_get_size (self->dict); i++)
    {
      const char *name = cnn_state_dict_get_name (self->dict, i);

      if (!g_str_has_suffix (name, "num_batches_tracked") && !g_hash_table_contains (self->claimed, name))
        add_mismatch (self, "%s is there, %s has no such tensor", name, self->name);
    }
}

/* Walks through the architecture's description and compares it with dict. */
CnnBlueprint *
cnn_blueprint_draw (const CnnArchitecture *architecture,
                    CnnStateDict          *dict)
{
  CnnBlueprint *self = blueprint_new (architecture->name, dict);

  architecture->describe (self, architecture->variant);
  find_unwanted (self);

  return self;
}

/* Makes the network of a blueprint without mismatches. */
CnnNetwork *
cnn_blueprint_build (CnnBlueprint  *self,
                     GFile         *file,
                     GError       **error)
{
  g_autoptr (CnnNetworkBuilder) builder = NULL;

  g_return_val_if_fail (self->n_mismatches == 0, NULL);

  builder = cnn_network_builder_new (self->name, &get_layer (self, 0)->output);
  for (guint i = 1; i < self->layers->len; i++)
    {
      const Layer *layer = get_layer (self, i);

      if (cnn_network_builder_add (builder, layer->name, layer->kind, &layer->attributes,
                                   layer->inputs, layer->n_inputs, layer->parameters, error) == CNN_NO_LAYER)
        return NULL;
    }

  return cnn_network_builder_freeze (builder, file, error);
}
