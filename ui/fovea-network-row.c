#define G_LOG_DOMAIN "fovea-network-row"

#include "fovea-network-row.h"

#include "fovea-format.h"

#include <glib/gi18n.h>
#include <string.h>

struct _FoveaNetworkRow
{
  GObject parent_instance;

  CnnCost cost;

  /* Owned References */
  CnnLayer *layer;
};

G_DEFINE_FINAL_TYPE (FoveaNetworkRow, fovea_network_row, G_TYPE_OBJECT)

static void
fovea_network_row_dispose (GObject *object)
{
  g_clear_object (&FOVEA_NETWORK_ROW (object)->layer);

  G_OBJECT_CLASS (fovea_network_row_parent_class)->dispose (object);
}

static void
fovea_network_row_class_init (FoveaNetworkRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fovea_network_row_dispose;
}

static void
fovea_network_row_init (FoveaNetworkRow *self)
{
}

/**
 * fovea_network_row_new:
 * @layer: a layer
 * @convention: how its operations are counted
 *
 * Returns: (transfer full): a new row
 */
FoveaNetworkRow *
fovea_network_row_new (CnnLayer      *layer,
                       CnnConvention  convention)
{
  FoveaNetworkRow *self = g_object_new (FOVEA_TYPE_NETWORK_ROW, NULL);

  self->layer = g_object_ref (layer);
  cnn_layer_get_cost (layer, convention, &self->cost);

  return self;
}

CnnLayer *
fovea_network_row_get_layer (FoveaNetworkRow *self)
{
  g_return_val_if_fail (FOVEA_IS_NETWORK_ROW (self), NULL);

  return self->layer;
}

const char *
fovea_network_column_get_title (FoveaNetworkColumn column)
{
  const char *titles[FOVEA_N_NETWORK_COLUMNS] = {
    [FOVEA_NETWORK_COLUMN_NAME] = _("Layer"),
    [FOVEA_NETWORK_COLUMN_KIND] = _("Kind"),
    [FOVEA_NETWORK_COLUMN_KERNEL] = _("Kernel"),
    [FOVEA_NETWORK_COLUMN_STRIDE] = _("Stride"),
    [FOVEA_NETWORK_COLUMN_PADDING] = _("Padding"),
    [FOVEA_NETWORK_COLUMN_OUTPUT] = _("Output"),
    [FOVEA_NETWORK_COLUMN_PARAMETERS] = _("Parameters"),
    [FOVEA_NETWORK_COLUMN_MULTIPLICATIONS] = _("Multiplications"),
    [FOVEA_NETWORK_COLUMN_ADDITIONS] = _("Additions"),
    [FOVEA_NETWORK_COLUMN_COMPARISONS] = _("Comparisons"),
    [FOVEA_NETWORK_COLUMN_FLOPS] = _("Operations"),
    [FOVEA_NETWORK_COLUMN_FIELD] = _("Receptive field"),
  };

  return titles[column];
}

gboolean
fovea_network_column_is_numeric (FoveaNetworkColumn column)
{
  return column >= FOVEA_NETWORK_COLUMN_KERNEL;
}

static gboolean
has_window (CnnLayer *layer)
{
  CnnKind kind = cnn_layer_get_kind (layer);

  return kind == CNN_KIND_CONVOLUTION || kind == CNN_KIND_MAX_POOL || kind == CNN_KIND_AVERAGE_POOL;
}

/**
 * fovea_network_row_get_number:
 * @self: a row
 * @column: a column
 *
 * Returns: the number by which rows are sorted in @column; of sizes the area
 */
guint64
fovea_network_row_get_number (FoveaNetworkRow    *self,
                              FoveaNetworkColumn  column)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (self->layer);
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (self->layer);
  gboolean windowed = has_window (self->layer);

  switch (column)
    {
    case FOVEA_NETWORK_COLUMN_KERNEL:
      return windowed ? (guint64) attributes->kernel[0] * attributes->kernel[1] : 0;
    case FOVEA_NETWORK_COLUMN_STRIDE:
      return windowed ? (guint64) attributes->stride[0] * attributes->stride[1] : 0;
    case FOVEA_NETWORK_COLUMN_PADDING:
      return windowed ? (guint64) attributes->padding[0] + attributes->padding[1] +
                        attributes->padding[2] + attributes->padding[3] : 0;
    case FOVEA_NETWORK_COLUMN_OUTPUT:
      return cnn_shape_get_n_elements (cnn_layer_get_shape (self->layer));
    case FOVEA_NETWORK_COLUMN_PARAMETERS:
      return self->cost.parameters;
    case FOVEA_NETWORK_COLUMN_MULTIPLICATIONS:
      return self->cost.multiplications;
    case FOVEA_NETWORK_COLUMN_ADDITIONS:
      return self->cost.additions;
    case FOVEA_NETWORK_COLUMN_COMPARISONS:
      return self->cost.comparisons;
    case FOVEA_NETWORK_COLUMN_FLOPS:
      return self->cost.flops;
    case FOVEA_NETWORK_COLUMN_FIELD:
      return (guint64) field->size[0] * field->size[1];
    default:
      return cnn_layer_get_index (self->layer);
    }
}

/* The one number of a square, both of what is not. */
static char *
dup_pair (gint64 first,
          gint64 second)
{
  if (first == second)
    return g_strdup_printf ("%" G_GINT64_FORMAT, first);

  return g_strdup_printf ("%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT, first, second);
}

static char *
dup_padding (const guint *padding)
{
  if (padding[0] == padding[2] && padding[1] == padding[3])
    return dup_pair (padding[0], padding[1]);

  return g_strdup_printf ("%u %u %u %u", padding[0], padding[1], padding[2], padding[3]);
}

/* What reads the same in the window and in a file. */
static char *
dup_plain (FoveaNetworkRow    *self,
           FoveaNetworkColumn  column)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (self->layer);
  const CnnReceptiveField *field = cnn_layer_get_receptive_field (self->layer);

  switch (column)
    {
    case FOVEA_NETWORK_COLUMN_NAME:
      return g_strdup (cnn_layer_get_name (self->layer));
    case FOVEA_NETWORK_COLUMN_OUTPUT:
      return fovea_format_shape (cnn_layer_get_shape (self->layer));
    case FOVEA_NETWORK_COLUMN_FIELD:
      return cnn_layer_get_kind (self->layer) != CNN_KIND_UNKNOWN
             ? g_strdup_printf ("%" G_GINT64_FORMAT "×%" G_GINT64_FORMAT, field->size[0], field->size[1])
             : g_strdup ("");
    case FOVEA_NETWORK_COLUMN_KERNEL:
      return has_window (self->layer) ? g_strdup_printf ("%u×%u", attributes->kernel[0], attributes->kernel[1])
                                      : g_strdup ("");
    case FOVEA_NETWORK_COLUMN_STRIDE:
      return has_window (self->layer) ? dup_pair (attributes->stride[0], attributes->stride[1])
                                      : g_strdup ("");
    case FOVEA_NETWORK_COLUMN_PADDING:
      return has_window (self->layer) ? dup_padding (attributes->padding) : g_strdup ("");
    default:
      return NULL;
    }
}

/**
 * fovea_network_row_dup_text:
 * @self: a row
 * @column: a column
 *
 * Returns: (transfer full): what the cell says; nothing where the kind of layer
 *   has no such thing
 */
char *
fovea_network_row_dup_text (FoveaNetworkRow    *self,
                            FoveaNetworkColumn  column)
{
  char *text;
  guint64 number;

  if (column == FOVEA_NETWORK_COLUMN_KIND)
    return g_strdup (fovea_format_kind (cnn_layer_get_kind (self->layer)));

  text = dup_plain (self, column);
  if (text != NULL)
    return text;

  number = fovea_network_row_get_number (self, column);

  return number > 0 ? fovea_format_count (number) : g_strdup ("");
}

/**
 * fovea_network_row_dup_csv:
 * @self: a row
 * @column: a column
 *
 * Returns: (transfer full): what the field of a CSV file says: names as in the
 *   engine, numbers without separators
 */
char *
fovea_network_row_dup_csv (FoveaNetworkRow    *self,
                           FoveaNetworkColumn  column)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *quoted = NULL;

  if (column == FOVEA_NETWORK_COLUMN_KIND)
    return g_strdup (cnn_kind_get_name (cnn_layer_get_kind (self->layer)));

  text = dup_plain (self, column);
  if (text == NULL)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, fovea_network_row_get_number (self, column));
  if (strpbrk (text, ",\"\n") == NULL)
    return g_steal_pointer (&text);

  parts = g_strsplit (text, "\"", -1);
  quoted = g_strjoinv ("\"\"", parts);

  return g_strdup_printf ("\"%s\"", quoted);
}

/* The size of an output along one axis: 0 is down, 1 is across. */
static char *
dup_size_formula (CnnLayer *layer,
                  guint     axis)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *input = cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
  const CnnShape *output = cnn_layer_get_shape (layer);
  gboolean up = attributes->ceil_mode && cnn_layer_get_kind (layer) != CNN_KIND_CONVOLUTION;
  guint padding = attributes->padding[axis] + attributes->padding[axis + 2];
  g_autofree char *reach = NULL;

  if (attributes->dilation[axis] > 1)
    reach = g_strdup_printf ("%u·(%u − 1) − 1", attributes->dilation[axis], attributes->kernel[axis]);
  else
    reach = g_strdup_printf ("%u", attributes->kernel[axis]);

  return g_strdup_printf ("%s(%" G_GSIZE_FORMAT " + %u − %s) / %u%s + 1 = %" G_GSIZE_FORMAT,
                          up ? "⌈" : "⌊", input->dims[2 + axis], padding, reach,
                          attributes->stride[axis], up ? "⌉" : "⌋", output->dims[2 + axis]);
}

static char *
dup_convolution_formula (CnnLayer *layer)
{
  const CnnAttributes *attributes = cnn_layer_get_attributes (layer);
  const CnnShape *input = cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
  const CnnShape *output = cnn_layer_get_shape (layer);
  gsize channels = input->dims[1] / MAX (attributes->groups, 1);
  guint64 n = (guint64) cnn_shape_get_n_elements (output) * channels *
              attributes->kernel[0] * attributes->kernel[1];
  g_autofree char *count = fovea_format_count (n);

  /* Translators: height · width · channels · kernel · kernel · filters = … */
  return g_strdup_printf (_("%zu·%zu cells · %zu channels · %u·%u kernel · %zu filters = %s products"),
                          output->dims[2], output->dims[3], channels,
                          attributes->kernel[0], attributes->kernel[1], output->dims[1], count);
}

static char *
dup_linear_formula (CnnLayer *layer)
{
  const CnnShape *input = cnn_layer_get_shape (cnn_layer_get_input (layer, 0));
  const CnnShape *output = cnn_layer_get_shape (layer);
  gsize n_inputs = input->dims[input->n_dims - 1];
  gsize n_outputs = output->dims[output->n_dims - 1];
  g_autofree char *count = fovea_format_count ((guint64) n_inputs * n_outputs);

  return g_strdup_printf (_("%zu inputs · %zu outputs = %s products"),
                          n_inputs, n_outputs, count);
}

/**
 * fovea_network_row_dup_formula:
 * @self: a row
 *
 * Returns: (transfer full): where the size of the layer's output comes from, and
 *   its greatest cost, with the layer's own numbers
 */
char *
fovea_network_row_dup_formula (FoveaNetworkRow *self)
{
  CnnLayer *layer = self->layer;
  g_autofree char *name = dup_plain (self, FOVEA_NETWORK_COLUMN_NAME);
  g_autofree char *shape = dup_plain (self, FOVEA_NETWORK_COLUMN_OUTPUT);
  g_autofree char *down = NULL;
  g_autofree char *across = NULL;
  g_autofree char *products = NULL;
  GString *text;

  if (cnn_layer_get_kind (layer) == CNN_KIND_LINEAR)
    {
      products = dup_linear_formula (layer);
      return g_strdup_printf ("%s: %s", name, products);
    }
  if (!has_window (layer))
    return g_strdup_printf ("%s: %s", name, shape);

  down = dup_size_formula (layer, 0);
  across = dup_size_formula (layer, 1);
  text = g_string_new (NULL);
  g_string_append_printf (text, "%s: ", name);
  if (g_strcmp0 (down, across) == 0)
    g_string_append_printf (text, _("side %s"), down);
  else
    g_string_append_printf (text, _("height %s, width %s"), down, across);

  if (cnn_layer_get_kind (layer) == CNN_KIND_CONVOLUTION)
    {
      products = dup_convolution_formula (layer);
      g_string_append_printf (text, "\n%s", products);
    }

  return g_string_free (text, FALSE);
}

/**
 * fovea_network_row_compare:
 * @self: a row
 * @other: another row
 * @column: the column to sort by
 *
 * Returns: less than, equal to or greater than 0, as @self comes before, with or
 *   after @other
 */
int
fovea_network_row_compare (FoveaNetworkRow    *self,
                           FoveaNetworkRow    *other,
                           FoveaNetworkColumn  column)
{
  guint64 first, second;

  if (column == FOVEA_NETWORK_COLUMN_KIND)
    return g_utf8_collate (fovea_format_kind (cnn_layer_get_kind (self->layer)),
                           fovea_format_kind (cnn_layer_get_kind (other->layer)));

  first = fovea_network_row_get_number (self, column);
  second = fovea_network_row_get_number (other, column);

  return first < second ? -1 : first > second;
}
