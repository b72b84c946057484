#define G_LOG_DOMAIN "cnn-model-card"

/* A JSON file beside the model; docs/models.md lists its keys. Besides our own there
 * are those of timm's config.json and of Hugging Face's preprocessor_config.json.
 * Keys that nobody knows are let be: the file may say much else. */

#include "card/cnn-model-card-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-error.h"
#include "core/cnn-file.h"
#include "formats/cnn-json-text-private.h"

#define MAX_SIZE (4 * 1024 * 1024)
#define MAX_CLASSES 100000

/* What a file says, in parts that hang together. */
typedef struct
{
  JsonObject *object;
  CnnRecipe *recipe;
  double low;                   /* what values from 0 to 1 are spread over before */
  double high;                  /* mean and std come in */
  gboolean has_any;
  GError **error;
} Sidecar;

static gboolean
fail (Sidecar    *self,
      const char *key,
      const char *expected)
{
  g_set_error (self->error, CNN_ERROR, CNN_ERROR_UNSUPPORTED, "%s: is something else, expected %s", key, expected);

  return FALSE;
}

static JsonNode *
find (Sidecar    *self,
      const char *key)
{
  JsonNode *node = json_object_get_member (self->object, key);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
get_number (JsonNode *node,
            double   *number)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type != G_TYPE_INT64 && type != G_TYPE_DOUBLE)
    return FALSE;

  *number = json_node_get_double (node);

  return isfinite (*number);
}

static gboolean
get_numbers (JsonNode *node,
             guint     n,
             double   *numbers)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) != n)
    return FALSE;

  for (guint i = 0; i < n; i++)
    if (!get_number (json_array_get_element (array, i), &numbers[i]))
      return FALSE;

  return TRUE;
}

static gboolean
read_triple (Sidecar    *self,
             const char *key,
             float      *triple)
{
  JsonNode *node = find (self, key);
  double numbers[3];

  if (node == NULL)
    return TRUE;

  if (!get_numbers (node, 3, numbers))
    return fail (self, key, "three numbers, for red, green and blue");

  for (guint i = 0; i < 3; i++)
    triple[i] = numbers[i];
  self->has_any = TRUE;

  return TRUE;
}

/* A side in pixels, or a square of it: 224, [224, 224], [3, 224, 224],
 * {"height": 224, "width": 224} or {"shortest_edge": 256}. */
static gboolean
read_side (Sidecar    *self,
           const char *key,
           guint      *side)
{
  JsonNode *node = find (self, key);
  double numbers[3];
  double first, second;

  if (node == NULL)
    return TRUE;

  if (get_number (node, &first))
    second = first;
  else if (get_numbers (node, 2, numbers))
    {
      first = numbers[0];
      second = numbers[1];
    }
  else if (get_numbers (node, 3, numbers))
    {
      first = numbers[1];
      second = numbers[2];
    }
  else if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      const char *name = json_object_has_member (object, "shortest_edge") ? "shortest_edge" : "height";
      JsonNode *height = json_object_get_member (object, name);
      JsonNode *width = json_object_get_member (object, g_str_equal (name, "height") ? "width" : name);

      if (height == NULL || width == NULL || !get_number (height, &first) || !get_number (width, &second))
        return fail (self, key, "a side in pixels");
    }
  else
    return fail (self, key, "a side in pixels");

  if (first != second || first < 1 || first > CNN_MAX_RECIPE_SIDE || first != floor (first))
    return fail (self, key, "one whole number of pixels from 1 to 4096, for squares");

  *side = first;
  self->has_any = TRUE;

  return TRUE;
}

static gboolean
read_filter (Sidecar    *self,
             const char *key)
{
  JsonNode *node = find (self, key);
  const char *name = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  if (node == NULL)
    return TRUE;

  if (name == NULL || !cnn_filter_parse (name, &self->recipe->filter))
    return fail (self, key, "bilinear, bicubic or lanczos");
  self->has_any = TRUE;

  return TRUE;
}

/* Pillow's numbers of filters. */
static gboolean
read_resample (Sidecar *self)
{
  JsonNode *node = find (self, "resample");
  double number;

  if (node == NULL)
    return TRUE;

  if (!get_number (node, &number) || (number != 1 && number != 2 && number != 3))
    return fail (self, "resample", "1 (lanczos), 2 (bilinear) or 3 (bicubic)");
  self->recipe->filter = number == 1 ? CNN_FILTER_LANCZOS : number == 2 ? CNN_FILTER_BILINEAR : CNN_FILTER_BICUBIC;
  self->has_any = TRUE;

  return TRUE;
}

/* Which part of the resized picture the crop is. */
static gboolean
read_crop_part (Sidecar *self)
{
  JsonNode *node = find (self, "crop_pct");
  double part;

  if (node == NULL)
    return TRUE;

  if (!get_number (node, &part) || !(part > 0.05) || part > 1)
    return fail (self, "crop_pct", "a number up to 1");
  self->recipe->short_side = floor (self->recipe->crop_size / part);
  self->has_any = TRUE;

  return TRUE;
}

/* How fractions are rounded: as torchvision does, or as the homework. */
static gboolean
read_rounding (Sidecar *self)
{
  JsonNode *node = find (self, "rounding");
  const char *name = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  const CnnRecipe *preset = name != NULL ? cnn_recipe_get_preset (name) : NULL;

  if (node == NULL)
    return TRUE;

  if (preset == NULL)
    return fail (self, "rounding", "torchvision or homework");
  self->recipe->rounding = preset->rounding;
  self->has_any = TRUE;

  return TRUE;
}

/* "range": [0, 255], and what goes into the network as it is: "NCHW", "RGB". */
static gboolean
read_range (Sidecar *self)
{
  JsonNode *node = find (self, "range");
  double range[2];

  if (node == NULL)
    return TRUE;

  if (!get_numbers (node, 2, range) || !(range[0] < range[1]))
    return fail (self, "range", "two numbers, what black and white become");
  self->low = range[0];
  self->high = range[1];
  self->has_any = TRUE;

  /* By itself it says all. */
  if (find (self, "mean") == NULL && find (self, "std") == NULL)
    for (guint i = 0; i < 3; i++)
      {
        self->recipe->mean[i] = 0;
        self->recipe->std[i] = 1;
      }

  return TRUE;
}

static gboolean
read_only_value (Sidecar    *self,
                 const char *key,
                 const char *value)
{
  JsonNode *node = find (self, key);
  const char *found = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
  g_autofree char *expected = g_strdup_printf ("“%s”, the only one that is known", value);

  return node == NULL || (found != NULL && g_ascii_strcasecmp (found, value) == 0) || fail (self, key, expected);
}

/* Mean and std of values as they are spread over the range, in terms of 0 to 1. */
static void
take_range_out (Sidecar *self)
{
  for (guint i = 0; i < 3; i++)
    {
      self->recipe->mean[i] = (self->recipe->mean[i] - self->low) / (self->high - self->low);
      self->recipe->std[i] /= self->high - self->low;
    }
}

static gboolean
read_recipe (Sidecar *self)
{
  guint crop = self->recipe->crop_size;

  if (!read_side (self, "input_size", &crop) || !read_side (self, "crop_size", &crop) ||
      !read_side (self, "crop", &crop))
    return FALSE;

  cnn_recipe_fit (self->recipe, crop);
  if (!read_side (self, "size", &self->recipe->short_side) ||
      !read_side (self, "resize", &self->recipe->short_side) ||
      !read_crop_part (self) || !read_rounding (self) ||
      !read_filter (self, "interpolation") || !read_filter (self, "filter") || !read_resample (self) ||
      !read_triple (self, "image_mean", self->recipe->mean) || !read_triple (self, "mean", self->recipe->mean) ||
      !read_triple (self, "image_std", self->recipe->std) || !read_triple (self, "std", self->recipe->std) ||
      !read_range (self) ||
      !read_only_value (self, "layout", "NCHW") || !read_only_value (self, "channels", "RGB"))
    return FALSE;

  if (self->has_any)
    take_range_out (self);

  return !self->has_any || cnn_recipe_check (self->recipe, self->error);
}

/* ---- The classes ---- */

static CnnLabels *
read_names (JsonArray *array)
{
  guint n = json_array_get_length (array);
  g_autofree const char **names = g_new (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      names[i] = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      if (names[i] == NULL)
        return NULL;
    }

  return n > 0 && n <= MAX_CLASSES ? cnn_labels_new_for_names (names, n) : NULL;
}

/* {"0": "tench", "1": "goldfish", …} */
static CnnLabels *
read_numbered_names (JsonObject *object)
{
  guint n = json_object_get_size (object);
  g_autofree const char **names = g_new (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);
      JsonNode *node = json_object_get_member (object, key);

      names[i] = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
      if (names[i] == NULL)
        return NULL;
    }

  return n > 0 && n <= MAX_CLASSES ? cnn_labels_new_for_names (names, n) : NULL;
}

/* A file beside this one: a plain name, so that it leads nowhere else. */
static CnnLabels *
load_names (Sidecar      *self,
            const char   *name,
            GFile        *file,
            GCancellable *cancellable)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) labels = NULL;

  if (strchr (name, '/') != NULL || *name == '\0' || *name == '.')
    {
      fail (self, "labels", "the name of a file beside this one, or a list of names");
      return NULL;
    }

  labels = g_file_get_child (folder, name);

  return cnn_labels_load (labels, cancellable, self->error);
}

static gboolean
read_labels (Sidecar       *self,
             CnnModelCard  *card,
             GFile         *file,
             guint          n_classes,
             GCancellable  *cancellable)
{
  JsonNode *list = find (self, "labels");
  JsonNode *numbered = find (self, "id2label");
  g_autoptr (CnnLabels) labels = NULL;

  if (list == NULL && numbered == NULL)
    return TRUE;

  if (list != NULL && JSON_NODE_HOLDS_VALUE (list) && json_node_get_string (list) != NULL)
    {
      labels = load_names (self, json_node_get_string (list), file, cancellable);
      if (labels == NULL)
        return FALSE;
    }
  else if (list != NULL && JSON_NODE_HOLDS_ARRAY (list))
    labels = read_names (json_node_get_array (list));
  else if (list == NULL && JSON_NODE_HOLDS_OBJECT (numbered))
    labels = read_numbered_names (json_node_get_object (numbered));

  if (labels == NULL)
    return fail (self, list != NULL ? "labels" : "id2label",
                 list != NULL ? "the name of a file beside this one, or a list of names"
                              : "names under numbers from 0 on");

  if (cnn_labels_get_size (labels) != n_classes)
    {
      g_set_error (self->error, CNN_ERROR, CNN_ERROR_SHAPE, "%s: are %u, the network answers %u",
                   list != NULL ? "labels" : "id2label", cnn_labels_get_size (labels), n_classes);
      return FALSE;
    }

  g_clear_pointer (&card->labels, cnn_labels_unref);
  card->labels = g_steal_pointer (&labels);

  return TRUE;
}

static gboolean
check_classes (Sidecar    *self,
               const char *key,
               guint       n_classes)
{
  JsonNode *node = find (self, key);
  double number;

  if (node == NULL)
    return TRUE;

  if (!get_number (node, &number))
    return fail (self, key, "a number");

  if (number == n_classes)
    return TRUE;

  g_set_error (self->error, CNN_ERROR, CNN_ERROR_SHAPE, "%s: is %g, the network answers %u", key, number, n_classes);

  return FALSE;
}

/* ---- The file ---- */

static gboolean
read_name (Sidecar      *self,
           CnnModelCard *card)
{
  JsonNode *node = find (self, "name");
  const char *name = node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

  if (node != NULL && name == NULL)
    return fail (self, "name", "text");

  if (name != NULL)
    {
      g_free (card->name);
      card->name = g_strdup (name);
    }

  return TRUE;
}

/* Reads what one file says into the card. */
static gboolean
read_object (CnnModelCard  *card,
             CnnNetwork    *network,
             JsonObject    *root,
             GFile         *file,
             GCancellable  *cancellable,
             GError       **error)
{
  CnnRecipe recipe = card->has_recipe ? card->recipe : *cnn_recipe_get_preset ("torchvision");
  guint n_classes = cnn_network_get_n_classes (network);
  Sidecar self = { root, &recipe, 0, 1, FALSE, error };
  JsonNode *inner = find (&self, "pretrained_cfg");

  if (!read_name (&self, card) || !check_classes (&self, "classes", n_classes) ||
      !check_classes (&self, "num_classes", n_classes) ||
      !read_labels (&self, card, file, n_classes, cancellable))
    return FALSE;

  /* timm keeps it one level down. */
  if (inner != NULL && JSON_NODE_HOLDS_OBJECT (inner))
    self.object = json_node_get_object (inner);

  recipe.name = "model";
  if (!read_recipe (&self))
    return FALSE;

  if (self.has_any)
    {
      card->recipe = recipe;
      card->has_recipe = card->is_explicit = TRUE;
      g_free (card->source);
      card->source = g_file_get_basename (file);
    }

  return TRUE;
}

static gboolean
read_file (CnnModelCard  *card,
           CnnNetwork    *network,
           GFile         *file,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *name = g_file_get_parse_name (file);
  g_autoptr (GBytes) bytes = NULL;
  JsonObject *root;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_REGULAR)
    return TRUE;

  bytes = cnn_file_read (file, MAX_SIZE, cancellable, error);
  if (bytes == NULL)
    return FALSE;

  root = cnn_json_text_parse (parser, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  if (root != NULL && read_object (card, network, root, file, cancellable, error))
    return TRUE;

  g_prefix_error (error, "%s: ", name);

  return FALSE;
}

/* NAME.json for NAME.pth, and NAME.pth.json, which is clearer still. */
static gboolean
read_beside (CnnModelCard  *card,
             CnnNetwork    *network,
             GFile         *file,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *basename = g_file_get_basename (file);
  const char *dot = strrchr (basename, '.');
  g_autofree char *stem = g_strndup (basename, dot != NULL ? (gsize) (dot - basename) : strlen (basename));
  g_autofree char *short_name = g_strconcat (stem, ".json", NULL);
  g_autofree char *long_name = g_strconcat (basename, ".json", NULL);
  const char *const names[] = { "preprocessor_config.json", "config.json", short_name, long_name };

  /* The first two are of a folder that has been made for one model. */
  gboolean is_alone = g_str_has_prefix (basename, "model.") || g_str_has_prefix (basename, "pytorch_model.");

  for (guint i = is_alone ? 0 : 2; folder != NULL && i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) sidecar = g_file_get_child (folder, names[i]);

      if (!g_file_equal (sidecar, file) && !read_file (card, network, sidecar, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
cnn_model_card_add_sidecar (CnnModelCard  *self,
                            CnnNetwork    *network,
                            GCancellable  *cancellable,
                            GError       **error)
{
  GFile *file = cnn_network_get_file (network);

  return file == NULL || read_beside (self, network, file, cancellable, error);
}
