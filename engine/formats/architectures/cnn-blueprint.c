#define G_LOG_DOMAIN "cnn-blueprint"

#include "formats/architectures/cnn-blueprint-drawing-private.h"

#include <stdarg.h>
#include <string.h>

#include "network/cnn-network-builder.h"

/* How many of the mismatches a message tells. */
#define MAX_TOLD 3

/* torch.nn.BatchNorm2d's default. */
#define EPSILON 1e-5

/* Wider layers than this are no network but a damaged file; it also keeps the
 * arithmetic of descriptions far from overflow. */
#define MAX_EXTENT (1 << 20)

/* More of the same than any network has. */
#define MAX_MODULES 512

const char cnn_blueprint_next[] = "next";

typedef struct
{
  gsize length;                 /* of the path before this module was entered */
  guint next;                   /* what NEXT is called */
} Module;

struct _CnnBlueprint
{
  CnnInventory *file;           /* borrowed while drawing */
  char *name;
  double epsilon;

  GString *path;                /* of the module that was entered last, with its final dot */
  GArray *modules;              /* of Module: those that were entered; the first is the network */
  GArray *layers;               /* of CnnBlueprintLayer */
  GHashTable *spellings;        /* last part of a layer's name → what it is in the file */
  GPtrArray *left_out;          /* modules with a final dot that the network does without */

  gboolean *is_claimed;         /* by index in the file */
  guint n_matches;
  guint n_mismatches;
  gboolean has_wrong_shape;
  GPtrArray *told;              /* the first mismatches, in words */
};

static void
layer_clear (gpointer data)
{
  CnnBlueprintLayer *layer = data;

  g_free (layer->name);
  g_free (layer->inputs);
  for (guint i = 0; i < CNN_N_PARAMETERS; i++)
    g_clear_pointer (&layer->parameters[i], cnn_tensor_unref);
}

static CnnBlueprint *
blueprint_new (const char   *name,
               CnnInventory *file)
{
  CnnBlueprint *self = g_new0 (CnnBlueprint, 1);

  self->file = file;
  self->name = g_strdup (name);
  self->epsilon = EPSILON;
  self->path = g_string_new (NULL);
  self->modules = g_array_new (FALSE, TRUE, sizeof (Module));
  g_array_set_size (self->modules, 1);
  self->layers = g_array_new (FALSE, TRUE, sizeof (CnnBlueprintLayer));
  g_array_set_clear_func (self->layers, layer_clear);
  self->spellings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->left_out = g_ptr_array_new_with_free_func (g_free);
  self->is_claimed = g_new0 (gboolean, cnn_inventory_get_size (file));
  self->told = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
cnn_blueprint_free (CnnBlueprint *self)
{
  g_ptr_array_unref (self->told);
  g_free (self->is_claimed);
  g_ptr_array_unref (self->left_out);
  g_hash_table_unref (self->spellings);
  g_array_unref (self->layers);
  g_array_unref (self->modules);
  g_string_free (self->path, TRUE);
  g_free (self->name);
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

/* Names a member of a family by how wide it is: "MNASNet 0.75". */
void
cnn_blueprint_set_scaled_name (CnnBlueprint *self,
                               const char   *name,
                               gsize         width,
                               gsize         usual)
{
  guint hundredths = (100 * width + usual / 2) / usual;

  if (hundredths % 10 == 0)
    cnn_blueprint_set_name (self, "%s %u.%u", name, hundredths / 100, hundredths / 10 % 10);
  else
    cnn_blueprint_set_name (self, "%s %u.%02u", name, hundredths / 100, hundredths % 100);
}

/* What batch norms add to the variance from here on. No tensor tells: it is the
 * architecture's. */
void
cnn_blueprint_set_epsilon (CnnBlueprint *self,
                           double        epsilon)
{
  self->epsilon = epsilon;
}

double
cnn_blueprint_get_epsilon (CnnBlueprint *self)
{
  return self->epsilon;
}

/* The tensors of layers called layer are to be found under another name. */
void
cnn_blueprint_set_spelling (CnnBlueprint *self,
                            const char   *layer,
                            const char   *in_file)
{
  g_hash_table_insert (self->spellings, g_strdup (layer), g_strdup (in_file));
}

/* The file may have tensors of that module, but the network does without: heads
 * that only training uses. */
void
cnn_blueprint_leave_out (CnnBlueprint *self,
                         const char   *module)
{
  g_ptr_array_add (self->left_out, g_strconcat (self->path->str, module, ".", NULL));
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

/* Every candidate counts its mismatches, but few have to put them in words. */
static gboolean
count_mismatch (CnnBlueprint *self)
{
  return self->n_mismatches++ < MAX_TOLD;
}

static void G_GNUC_PRINTF (2, 3)
tell (CnnBlueprint *self,
      const char   *format,
      ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->told, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
enter_path (CnnBlueprint *self,
            gsize         length)
{
  Module module = { .length = length };

  g_array_append_val (self->modules, module);
  g_string_append_c (self->path, '.');
}

/* From here to cnn_blueprint_leave(), names start with the module and a dot. */
void
cnn_blueprint_enter (CnnBlueprint *self,
                     const char   *format,
                     ...)
{
  gsize length = self->path->len;
  va_list args;

  va_start (args, format);
  g_string_append_vprintf (self->path, format, args);
  va_end (args);
  enter_path (self, length);
}

static Module *
get_module (CnnBlueprint *self)
{
  return &g_array_index (self->modules, Module, self->modules->len - 1);
}

void
cnn_blueprint_enter_next (CnnBlueprint *self)
{
  gsize length = self->path->len;

  g_string_append_printf (self->path, "%u", get_module (self)->next++);
  enter_path (self, length);
}

void
cnn_blueprint_leave (CnnBlueprint *self)
{
  g_string_truncate (self->path, get_module (self)->length);
  g_array_set_size (self->modules, self->modules->len - 1);
}

/* The full name of a layer; each NEXT counts. */
char *
cnn_blueprint_dup_name (CnnBlueprint *self,
                        const char   *name)
{
  if (name == cnn_blueprint_next)
    return g_strdup_printf ("%s%u", self->path->str, get_module (self)->next++);

  return g_strconcat (self->path->str, name, NULL);
}

gboolean
cnn_blueprint_has_module (CnnBlueprint *self,
                          const char   *module)
{
  g_autofree char *path = g_strconcat (self->path->str, module, NULL);

  return cnn_inventory_has_module (self->file, path);
}

/* How many modules the file has that are called prefix and a number, counted from
 * first; where it has none, one that can be said to be missing. */
guint
cnn_blueprint_count_modules (CnnBlueprint *self,
                             const char   *prefix,
                             guint         first)
{
  guint n = 0;

  while (n < MAX_MODULES)
    {
      g_autofree char *path = g_strdup_printf ("%s%s%u", self->path->str, prefix, first + n);

      if (!cnn_inventory_has_module (self->file, path))
        break;
      n++;
    }

  return MAX (n, 1);
}

/* A vote of the shape's extent, unless there is no such tensor. */
void
cnn_ballot_add (CnnBallot      *ballot,
                const CnnShape *shape,
                guint           dimension)
{
  guint i;

  if (shape == NULL || dimension >= shape->n_dims ||
      shape->dims[dimension] < 1 || shape->dims[dimension] > MAX_EXTENT)
    return;

  for (i = 0; i < ballot->n && ballot->extents[i] != shape->dims[dimension]; i++)
    continue;
  if (i == G_N_ELEMENTS (ballot->extents))
    return;

  ballot->extents[i] = shape->dims[dimension];
  ballot->votes[i]++;
  ballot->n = MAX (ballot->n, i + 1);
}

/* The extent with most votes. Among equals the usual one is right, or else the
 * one that was named first. */
gsize
cnn_ballot_decide (CnnBallot *ballot,
                   gsize      usual)
{
  guint best = 0;

  if (ballot->n == 0)
    return usual;

  for (guint i = 1; i < ballot->n; i++)
    if (ballot->votes[i] > ballot->votes[best] ||
        (ballot->votes[i] == ballot->votes[best] && ballot->extents[i] == usual))
      best = i;

  return ballot->extents[best];
}

/* An extent that several tensors should agree on: one of them may be damaged and
 * is then to be blamed, rather than all others. */
gsize
cnn_blueprint_get_extent (CnnBlueprint      *self,
                          guint              dimension,
                          gsize              usual,
                          const char *const *tensors)
{
  CnnBallot ballot = { .n = 0 };

  for (guint i = 0; tensors[i] != NULL; i++)
    {
      g_autofree char *name = g_strconcat (self->path->str, tensors[i], NULL);
      guint index = cnn_inventory_find (self->file, name);

      cnn_ballot_add (&ballot, index != CNN_NO_TENSOR ? cnn_inventory_get_shape (self->file, index) : NULL,
                      dimension);
    }

  return cnn_ballot_decide (&ballot, usual);
}

CnnBlueprintLayer *
cnn_blueprint_get_layer (CnnBlueprint *self,
                         guint         index)
{
  return &g_array_index (self->layers, CnnBlueprintLayer, index);
}

guint
cnn_blueprint_get_last (CnnBlueprint *self)
{
  return self->layers->len - 1;
}

gsize
cnn_blueprint_get_channels (CnnBlueprint *self,
                            guint         layer)
{
  return cnn_blueprint_get_layer (self, layer)->channels;
}

/* A layer of that full name, which it takes, with as many channels as its first
 * input; to be filled further. */
CnnBlueprintLayer *
cnn_blueprint_add_layer (CnnBlueprint *self,
                         CnnKind       kind,
                         char         *name,
                         const guint  *inputs,
                         guint         n_inputs)
{
  CnnBlueprintLayer layer = { .name = name, .kind = kind, .n_inputs = n_inputs, .n_cells = 1 };

  layer.inputs = g_memdup2 (inputs, n_inputs * sizeof *inputs);
  if (n_inputs > 0)
    {
      layer.channels = cnn_blueprint_get_layer (self, inputs[0])->channels;
      layer.n_cells = cnn_blueprint_get_layer (self, inputs[0])->n_cells;
    }
  cnn_attributes_init (&layer.attributes);
  g_array_append_val (self->layers, layer);

  return cnn_blueprint_get_layer (self, cnn_blueprint_get_last (self));
}

/* What a layer's tensor is called in the file; without a suffix, as the layer. */
static char *
dup_tensor_name (CnnBlueprint *self,
                 const char   *layer,
                 const char   *suffix)
{
  const char *dot = strrchr (layer, '.');
  const char *last = dot != NULL ? dot + 1 : layer;
  const char *in_file = g_hash_table_lookup (self->spellings, last);

  if (suffix == NULL)
    return g_strdup (layer);
  if (in_file == NULL)
    return g_strconcat (layer, ".", suffix, NULL);

  return g_strdup_printf ("%.*s%s.%s", (int) (last - layer), layer, in_file, suffix);
}

const CnnShape *
cnn_blueprint_find_shape (CnnBlueprint *self,
                          const char   *layer,
                          const char   *suffix)
{
  g_autofree char *name = dup_tensor_name (self, layer, suffix);
  guint index = cnn_inventory_find (self->file, name);

  return index != CNN_NO_TENSOR ? cnn_inventory_get_shape (self->file, index) : NULL;
}

/* Finds the layer's tensor of that suffix, and holds it against the shape that
 * the architecture wants. Returns: (transfer full) (nullable): the tensor */
CnnTensor *
cnn_blueprint_claim (CnnBlueprint            *self,
                     const CnnBlueprintLayer *layer,
                     const char              *suffix,
                     const CnnShape          *shape)
{
  g_autofree char *name = dup_tensor_name (self, layer->name, suffix);
  guint index = cnn_inventory_find (self->file, name);
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;

  if (index != CNN_NO_TENSOR)
    {
      self->is_claimed[index] = TRUE;
      if (cnn_shape_equal (cnn_inventory_get_shape (self->file, index), shape))
        {
          self->n_matches++;
          return cnn_tensor_ref (cnn_inventory_get_tensor (self->file, index));
        }
      self->has_wrong_shape = TRUE;
    }

  if (!count_mismatch (self))
    return NULL;

  expected = cnn_shape_to_string (shape);
  if (index == CNN_NO_TENSOR)
    {
      tell (self, "%s is missing, %s expects it to be %s", name, self->name, expected);
      return NULL;
    }

  found = cnn_shape_to_string (cnn_inventory_get_shape (self->file, index));
  tell (self, "%s is %s, %s expects %s", name, found, self->name, expected);

  return NULL;
}

static gboolean
is_left_out (CnnBlueprint *self,
             const char   *name)
{
  for (guint i = 0; i < self->left_out->len; i++)
    if (g_str_has_prefix (name, g_ptr_array_index (self->left_out, i)))
      return TRUE;

  return FALSE;
}

/* What the file has and the architecture has no use for. */
static void
find_unwanted (CnnBlueprint *self)
{
  for (guint i = 0; i < cnn_inventory_get_size (self->file); i++)
    {
      const char *name = cnn_inventory_get_name (self->file, i);

      if (self->is_claimed[i] || cnn_inventory_is_harmless (self->file, i) || is_left_out (self, name))
        continue;

      if (count_mismatch (self))
        tell (self, "%s is there, %s has no such tensor", name, self->name);
    }
}

/* Walks through the architecture's description and compares it with the file,
 * which must live as long as the blueprint. */
CnnBlueprint *
cnn_blueprint_draw (const CnnArchitecture *architecture,
                    CnnInventory          *file)
{
  CnnBlueprint *self = blueprint_new (architecture->name, file);

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

  builder = cnn_network_builder_new (self->name, &cnn_blueprint_get_layer (self, 0)->output);
  for (guint i = 1; i < self->layers->len; i++)
    {
      const CnnBlueprintLayer *layer = cnn_blueprint_get_layer (self, i);

      if (cnn_network_builder_add (builder, layer->name, layer->kind, &layer->attributes,
                                   layer->inputs, layer->n_inputs, layer->parameters, error) == CNN_NO_LAYER)
        return NULL;
    }

  return cnn_network_builder_freeze (builder, file, error);
}
