#define G_LOG_DOMAIN "cnn-layer"

#include "network/cnn-layer-private.h"

#include "ops/cnn-op-private.h"

struct _CnnLayer
{
  GObject parent_instance;

  guint index;
  CnnKind kind;
  CnnAttributes attributes;
  CnnShape shape;
  CnnReceptiveField receptive_field;

  /* Owned references */
  char *name;
  GPtrArray *inputs;
  CnnTensor *parameters[CNN_N_PARAMETERS];
  char *operator;
  char *problem;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_INDEX,
  PROP_KIND_NAME,
  PROP_SHAPE_TEXT,
  PROP_DESCRIPTION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CnnLayer, cnn_layer, G_TYPE_OBJECT)

static void
cnn_layer_finalize (GObject *object)
{
  CnnLayer *self = CNN_LAYER (object);

  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->operator, g_free);
  g_clear_pointer (&self->problem, g_free);
  g_clear_pointer (&self->inputs, g_ptr_array_unref);
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    g_clear_pointer (&self->parameters[i], cnn_tensor_unref);

  G_OBJECT_CLASS (cnn_layer_parent_class)->finalize (object);
}

static void
cnn_layer_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  CnnLayer *self = CNN_LAYER (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;

    case PROP_INDEX:
      g_value_set_uint (value, self->index);
      break;

    case PROP_KIND_NAME:
      g_value_set_static_string (value, cnn_kind_get_name (self->kind));
      break;

    case PROP_SHAPE_TEXT:
      g_value_take_string (value, cnn_shape_to_string (&self->shape));
      break;

    case PROP_DESCRIPTION:
      g_value_take_string (value, cnn_layer_dup_description (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
cnn_layer_class_init (CnnLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = cnn_layer_finalize;
  object_class->get_property = cnn_layer_get_property;

  /**
   * CnnLayer:name:
   *
   * The layer's name in its network, such as `layer1.0.conv1`.
   */
  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * CnnLayer:index:
   *
   * The layer's place in its network, from 0 (the input).
   */
  properties[PROP_INDEX] =
    g_param_spec_uint ("index", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * CnnLayer:kind-name:
   *
   * What the layer does, in the word that scripts use, such as `max-pool`.
   */
  properties[PROP_KIND_NAME] =
    g_param_spec_string ("kind-name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * CnnLayer:shape-text:
   *
   * The shape of the output for one picture, such as `1×64×56×56`.
   */
  properties[PROP_SHAPE_TEXT] =
    g_param_spec_string ("shape-text", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * CnnLayer:description:
   *
   * What the layer does, in words; see [method@Layer.dup_description].
   */
  properties[PROP_DESCRIPTION] =
    g_param_spec_string ("description", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
cnn_layer_init (CnnLayer *self)
{
  self->inputs = g_ptr_array_new_with_free_func (g_object_unref);
  cnn_attributes_init (&self->attributes);
}

static CnnOpContext
layer_get_context (CnnLayer *self)
{
  return (CnnOpContext) {
    .kind = self->kind,
    .attributes = &self->attributes,
    .parameters = self->parameters,
    .n_inputs = self->kind == CNN_KIND_INPUT ? 1 : self->inputs->len,
  };
}

static CnnShape *
layer_get_input_shapes (CnnLayer *self)
{
  CnnShape *shapes = g_new (CnnShape, MAX (self->inputs->len, 1));

  /* What goes into the input is what comes out. */
  shapes[0] = self->shape;
  for (guint i = 0; i < self->inputs->len; i++)
    shapes[i] = CNN_LAYER (g_ptr_array_index (self->inputs, i))->shape;

  return shapes;
}

static gboolean
layer_check_size (CnnLayer  *self,
                  GError   **error)
{
  g_autofree char *text = NULL;
  gboolean is_empty = FALSE;

  for (guint i = 0; i < self->shape.n_dims; i++)
    is_empty |= self->shape.dims[i] == 0;

  if (!is_empty && cnn_shape_is_valid (&self->shape) &&
      cnn_shape_get_n_elements (&self->shape) <= CNN_MAX_OUTPUT_ELEMENTS)
    return TRUE;

  text = cnn_shape_to_string (&self->shape);
  g_set_error (error, CNN_ERROR, CNN_ERROR_SHAPE,
               "output would be %s, expected 1 to %" G_GSIZE_FORMAT " elements", text, CNN_MAX_OUTPUT_ELEMENTS);

  return FALSE;
}

/* Works out what the layer's inputs and settings lead to. self->shape is the
 * wanted shape of an input layer, and not set in others. */
static gboolean
layer_infer (CnnLayer  *self,
             GError   **error)
{
  const CnnOp *op = cnn_op_get (self->kind);
  CnnOpContext context = layer_get_context (self);
  g_autofree CnnShape *shapes = layer_get_input_shapes (self);
  g_autofree CnnReceptiveField *fields = g_new (CnnReceptiveField, self->inputs->len);

  if (!op->infer_shape (&context, shapes, &self->shape, error) ||
      !layer_check_size (self, error))
    {
      g_prefix_error (error, "%s: ", self->name);
      return FALSE;
    }

  for (guint i = 0; i < self->inputs->len; i++)
    fields[i] = CNN_LAYER (g_ptr_array_index (self->inputs, i))->receptive_field;

  op->see (&context, shapes, fields, &self->receptive_field);

  return TRUE;
}

/* Makes the layer where a picture of that shape enters. */
CnnLayer *
cnn_layer_new_input (const char      *name,
                     const CnnShape  *shape,
                     GError         **error)
{
  g_autoptr (CnnLayer) self = g_object_new (CNN_TYPE_LAYER, NULL);

  self->name = g_strdup (name);
  self->kind = CNN_KIND_INPUT;
  self->shape = *shape;

  return layer_infer (self, error) ? g_steal_pointer (&self) : NULL;
}

/* Makes a layer of another kind; parameters may be NULL where there are none.
 * Errors start with the layer's name. */
CnnLayer *
cnn_layer_new (const char           *name,
               guint                 index,
               CnnKind               kind,
               const CnnAttributes  *attributes,
               CnnLayer *const      *inputs,
               guint                 n_inputs,
               CnnTensor *const     *parameters,
               GError              **error)
{
  g_autoptr (CnnLayer) self = g_object_new (CNN_TYPE_LAYER, NULL);

  self->name = g_strdup (name);
  self->index = index;
  self->kind = kind;
  if (attributes != NULL)
    self->attributes = *attributes;

  for (guint i = 0; i < n_inputs; i++)
    g_ptr_array_add (self->inputs, g_object_ref (inputs[i]));

  for (guint i = 0; parameters != NULL && i < CNN_N_PARAMETERS; i++)
    if (parameters[i] != NULL)
      self->parameters[i] = cnn_tensor_ref (parameters[i]);

  return layer_infer (self, error) ? g_steal_pointer (&self) : NULL;
}

/* Makes a layer that cannot be computed: its file calls for operator, and problem
 * says what is wrong with that, or is NULL where a layer before is to blame. */
CnnLayer *
cnn_layer_new_unknown (const char       *name,
                       guint             index,
                       const char       *operator,
                       const char       *problem,
                       CnnLayer *const  *inputs,
                       guint             n_inputs)
{
  CnnLayer *self = g_object_new (CNN_TYPE_LAYER, NULL);

  self->name = g_strdup (name);
  self->index = index;
  self->kind = CNN_KIND_UNKNOWN;
  self->operator = g_strdup (operator);
  self->problem = g_strdup (problem);

  for (guint i = 0; i < n_inputs; i++)
    g_ptr_array_add (self->inputs, g_object_ref (inputs[i]));

  return self;
}

/* Lets go of a network's layers, the last one first: each holds its inputs, and
 * from the other end the last one would let go of all of them by recursion. */
void
cnn_layers_free (GPtrArray *layers)
{
  while (layers->len > 0)
    g_ptr_array_remove_index (layers, layers->len - 1);

  g_ptr_array_unref (layers);
}

/**
 * cnn_layer_get_name:
 * @self: a layer
 *
 * Returns: the layer's name, unique in its network: as in torchvision
 *   (`layer1.0.conv1`) or as in the ONNX graph
 */
const char *
cnn_layer_get_name (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return self->name;
}

/**
 * cnn_layer_get_index:
 * @self: a layer
 *
 * Returns: the layer's place in its network, from 0
 */
guint
cnn_layer_get_index (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), 0);

  return self->index;
}

/**
 * cnn_layer_get_kind:
 * @self: a layer
 *
 * Returns: what the layer does
 */
CnnKind
cnn_layer_get_kind (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), CNN_KIND_INPUT);

  return self->kind;
}

/**
 * cnn_layer_get_attributes:
 * @self: a layer
 *
 * Returns: (transfer none): the layer's settings; those that its kind does not
 *   use are as [func@attributes_init] sets them
 */
const CnnAttributes *
cnn_layer_get_attributes (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return &self->attributes;
}

/**
 * cnn_layer_get_n_inputs:
 * @self: a layer
 *
 * Returns: how many layers this one gets its numbers from; 0 for the input
 */
guint
cnn_layer_get_n_inputs (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), 0);

  return self->inputs->len;
}

/**
 * cnn_layer_get_input:
 * @self: a layer
 * @i: which input, from 0
 *
 * Returns: (transfer none): a layer that comes before this one in the network
 */
CnnLayer *
cnn_layer_get_input (CnnLayer *self,
                     guint     i)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);
  g_return_val_if_fail (i < self->inputs->len, NULL);

  return g_ptr_array_index (self->inputs, i);
}

/**
 * cnn_layer_get_parameter:
 * @self: a layer
 * @parameter: which learned tensor
 *
 * Returns: (transfer none) (nullable): the tensor, with a shape as in
 *   [enum@Parameter], or %NULL if the layer has none
 */
CnnTensor *
cnn_layer_get_parameter (CnnLayer     *self,
                         CnnParameter  parameter)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);
  g_return_val_if_fail (parameter < CNN_N_PARAMETERS, NULL);

  return self->parameters[parameter];
}

/**
 * cnn_layer_get_shape:
 * @self: a layer
 *
 * Returns: (transfer none): the shape of the layer's output for one picture
 *   (N = 1)
 */
const CnnShape *
cnn_layer_get_shape (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return &self->shape;
}

/**
 * cnn_layer_get_receptive_field:
 * @self: a layer
 *
 * Returns: (transfer none): which part of the input picture the cells of the
 *   layer's output see
 */
const CnnReceptiveField *
cnn_layer_get_receptive_field (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return &self->receptive_field;
}

/**
 * cnn_layer_get_operator:
 * @self: a layer
 *
 * Returns: (transfer none) (nullable): what the file calls a layer of
 *   %CNN_KIND_UNKNOWN, such as `Einsum`; %NULL for others
 */
const char *
cnn_layer_get_operator (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return self->operator;
}

/**
 * cnn_layer_get_problem:
 * @self: a layer
 *
 * Returns: (transfer none) (nullable): why a layer of %CNN_KIND_UNKNOWN cannot be
 *   computed, in one line; %NULL for others, and where only a layer before it is
 *   to blame
 */
const char *
cnn_layer_get_problem (CnnLayer *self)
{
  g_return_val_if_fail (CNN_IS_LAYER (self), NULL);

  return self->problem;
}

/**
 * cnn_layer_get_cost:
 * @self: a layer
 * @convention: how to count
 * @cost: (out caller-allocates): what the layer costs for one picture
 */
void
cnn_layer_get_cost (CnnLayer      *self,
                    CnnConvention  convention,
                    CnnCost       *cost)
{
  g_autofree CnnShape *shapes = NULL;
  CnnOpContext context;

  g_return_if_fail (CNN_IS_LAYER (self));

  shapes = layer_get_input_shapes (self);
  context = layer_get_context (self);
  cnn_op_get_cost (&context, shapes, &self->shape, convention, cost);
}
