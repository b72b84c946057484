#define G_LOG_DOMAIN "cnn-network"

/* What is true of all parameters of a network: that they are numbers, and that they
 * are still those of its file. */

#include "network/cnn-network-private.h"

#include <math.h>
#include <string.h>

#include "core/cnn-cpu.h"
#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "core/cnn-parallel.h"
#include "core/cnn-progress.h"

/* The work is cut into pieces of so many numbers, 256 KiB. Between slices of so many
 * pieces it can be cancelled: that is 64 MiB, which may have to come from a disk. */
#define PIECE 65536
#define SLICE 256

/* A run of numbers of one parameter. */
typedef struct
{
  CnnLayer *layer;
  CnnParameter parameter;
  const float *numbers;
  gsize first;
  gsize n;
  gboolean is_bad;
} Piece;

static GArray *
cut_into_pieces (GPtrArray *layers)
{
  GArray *pieces = g_array_new (FALSE, FALSE, sizeof (Piece));

  for (guint i = 0; i < layers->len; i++)
    for (guint k = 0; k < CNN_N_PARAMETERS; k++)
      {
        CnnLayer *layer = g_ptr_array_index (layers, i);
        CnnTensor *tensor = cnn_layer_get_parameter (layer, k);
        gsize n = tensor != NULL ? cnn_tensor_get_n_elements (tensor) : 0;

        for (gsize first = 0; first < n; first += PIECE)
          {
            Piece piece = { layer, k, cnn_tensor_get_data (tensor), first, MIN (n - first, PIECE), FALSE };

            g_array_append_val (pieces, piece);
          }
      }

  return pieces;
}

/* Of NaN and infinities all bits of the exponent are set; one more carries into the
 * sign. Integers, so that the compiler makes it as fast as memory is. */
static gboolean
are_finite (const float *numbers,
            gsize        n)
{
  guint32 carries = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &numbers[i], sizeof bits);
      carries |= (bits & 0x7f800000) + 0x00800000;
    }

  return (carries & 0x80000000) == 0;
}

/* A variance is divided by. */
static gboolean
is_good (const Piece *piece,
         float        number)
{
  double epsilon = cnn_layer_get_attributes (piece->layer)->epsilon;

  return isfinite (number) && (piece->parameter != CNN_PARAMETER_VARIANCE || number + epsilon > 0);
}

static void
check_piece (guint    index,
             guint    worker,
             gpointer data)
{
  Piece *piece = (Piece *) data + index;

  piece->is_bad = !are_finite (piece->numbers + piece->first, piece->n);
  for (gsize i = 0; i < piece->n && piece->parameter == CNN_PARAMETER_VARIANCE; i++)
    piece->is_bad |= !is_good (piece, piece->numbers[piece->first + i]);
}

static char *
format_place (const CnnShape *shape,
              gsize           element)
{
  GString *text = g_string_new (NULL);

  for (guint i = shape->n_dims; i > 0; i--)
    {
      g_autofree char *number = g_strdup_printf ("%s%" G_GSIZE_FORMAT, i > 1 ? ", " : "",
                                                 element % shape->dims[i - 1]);

      g_string_prepend (text, number);
      element /= shape->dims[i - 1];
    }

  return g_string_free (text, FALSE);
}

static void
set_error (const Piece  *piece,
           GError      **error)
{
  const CnnShape *shape = cnn_tensor_get_shape (cnn_layer_get_parameter (piece->layer, piece->parameter));
  g_autofree char *place = NULL;
  gsize i = piece->first;

  while (i < piece->first + piece->n - 1 && is_good (piece, piece->numbers[i]))
    i++;

  place = format_place (shape, i);
  g_set_error (error, CNN_ERROR, CNN_ERROR_VALUE, "%s.%s: element [%s] is %g, expected a %s number",
               cnn_layer_get_name (piece->layer), cnn_parameter_get_name (piece->parameter), place,
               piece->numbers[i], isfinite (piece->numbers[i]) ? "positive" : "finite");
}

/* Whether all parameters are numbers that can be computed with. Others poison every
 * answer without a word: weights that training has driven out of range, or files
 * that are not what they say. */
gboolean
cnn_layers_check_values (GPtrArray  *layers,
                         GError    **error)
{
  g_autoptr (GArray) array = cut_into_pieces (layers);
  Piece *pieces = (Piece *) (gpointer) array->data;

  for (guint first = 0; first < array->len; first += SLICE)
    {
      guint n = MIN (array->len - first, SLICE);

      if (g_cancellable_set_error_if_cancelled (g_cancellable_get_current (), error))
        return FALSE;

      cnn_parallel_for (cnn_cpu_get_n_threads (), n, check_piece, pieces + first);
      for (guint i = first; i < first + n; i++)
        if (pieces[i].is_bad)
          {
            set_error (&pieces[i], error);
            return FALSE;
          }

      cnn_progress_report (CNN_PHASE_CHECKING, (first + n) / (double) array->len);
    }

  return TRUE;
}

/**
 * cnn_network_check_file:
 * @self: a network
 * @error: return location for %CNN_ERROR_CHANGED
 *
 * Large files are mapped: parameters lie in the file itself until they are looked at.
 * Finds out whether they are still those that were opened, which they are not
 * where somebody has written over the file. What a [class@Predictor] has made of
 * them before stays good.
 *
 * Returns: whether they are
 */
gboolean
cnn_network_check_file (CnnNetwork  *self,
                        GError     **error)
{
  g_return_val_if_fail (CNN_IS_NETWORK (self), FALSE);

  for (guint i = 0; i < cnn_network_get_n_layers (self); i++)
    for (guint k = 0; k < CNN_N_PARAMETERS; k++)
      {
        CnnTensor *tensor = cnn_layer_get_parameter (cnn_network_get_layer (self, i), k);

        if (tensor != NULL && !cnn_file_map_check (cnn_tensor_get_data (tensor), error))
          {
            GFile *file = cnn_network_get_file (self);
            g_autofree char *name = file != NULL ? g_file_get_parse_name (file) : NULL;

            g_prefix_error (error, "%s: ", name != NULL ? name : cnn_network_get_name (self));
            return FALSE;
          }
      }

  return TRUE;
}

/* Gives back the memory of parameters that lie in a mapped file: they come back from
 * there when somebody looks at them. */
void
cnn_network_drop_pages (CnnNetwork *self)
{
  for (guint i = 0; i < cnn_network_get_n_layers (self); i++)
    for (guint k = 0; k < CNN_N_PARAMETERS; k++)
      {
        CnnTensor *tensor = cnn_layer_get_parameter (cnn_network_get_layer (self, i), k);

        if (tensor != NULL)
          cnn_file_map_drop_pages (cnn_tensor_get_data (tensor),
                                   cnn_tensor_get_n_elements (tensor) * sizeof (float));
      }
}
