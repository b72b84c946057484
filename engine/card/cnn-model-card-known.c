#define G_LOG_DOMAIN "cnn-model-card"

/* The models of data/known-models.tsv. */

#include "card/cnn-model-card-private.h"

#include <string.h>

#include "dataset/cnn-resources.h"

#define N_COLUMNS 5

/* Digits of a checksum in a file's name, as in resnet18-f37072fd.pth. */
#define N_DIGITS 8

enum { KEY, RESIZE, CROP, FILTER, NUMBERS };

static char **
load_lines (void)
{
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (cnn_get_resource (), "/io/github/fovea_app/cnn/known-models.tsv",
                            G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  return g_strsplit (text, "\n", -1);
}

static void
read_recipe (char      **columns,
             CnnRecipe  *recipe)
{
  gboolean is_half = g_str_equal (columns[NUMBERS], "half");

  *recipe = *cnn_recipe_get_preset ("torchvision");
  recipe->name = "model";
  recipe->short_side = g_ascii_strtoull (columns[RESIZE], NULL, 10);
  recipe->crop_size = g_ascii_strtoull (columns[CROP], NULL, 10);
  cnn_filter_parse (columns[FILTER], &recipe->filter);
  for (guint i = 0; i < 3 && is_half; i++)
    recipe->mean[i] = recipe->std[i] = 0.5f;
}

/* Whether eight hexadecimal digits after a hyphen, and no more, are these. */
static gboolean
has_checksum (const char *basename,
              const char *digits)
{
  const char *found = strstr (basename, digits);

  return strlen (digits) == N_DIGITS && found != NULL && found > basename && found[-1] == '-' &&
         !g_ascii_isxdigit (found[N_DIGITS]);
}

static gboolean
is_checksum (const char *key)
{
  return strlen (key) == N_DIGITS && strspn (key, "0123456789abcdef") == N_DIGITS;
}

/* Pictures are of the size that the network was read for, where only its architecture
 * speaks. */
static void
fit (CnnRecipe  *recipe,
     CnnNetwork *network)
{
  const CnnShape *input = cnn_network_get_input_shape (network);

  if (input->n_dims == 4 && input->dims[2] == input->dims[3] && input->dims[2] <= CNN_MAX_RECIPE_SIDE)
    cnn_recipe_fit (recipe, input->dims[2]);
}

gboolean
cnn_model_card_add_known (CnnModelCard *self,
                          CnnNetwork   *network)
{
  GFile *file = cnn_network_get_file (network);
  g_autofree char *basename = file != NULL ? g_file_get_basename (file) : g_strdup ("");
  g_auto (GStrv) lines = load_lines ();

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) columns = g_strsplit (lines[i], "\t", -1);
      gboolean is_by_sum;

      if (*lines[i] == '#' || g_strv_length (columns) != N_COLUMNS)
        continue;

      is_by_sum = is_checksum (columns[KEY]);
      if (is_by_sum ? !has_checksum (basename, columns[KEY])
                    : !g_str_has_prefix (cnn_network_get_name (network), columns[KEY]))
        continue;

      read_recipe (columns, &self->recipe);
      if (!is_by_sum)
        fit (&self->recipe, network);
      self->has_recipe = TRUE;
      self->source = g_strdup (is_by_sum ? columns[KEY] : cnn_network_get_name (network));
      break;
    }

  return self->has_recipe;
}
