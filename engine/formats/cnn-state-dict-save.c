#define G_LOG_DOMAIN "cnn-state-dict"

#include "formats/cnn-state-dict.h"

#include <math.h>

#include "core/cnn-error.h"
#include "core/cnn-file-map.h"
#include "core/cnn-file.h"
#include "formats/cnn-state-dict-private.h"

/* How many numbers are converted at a time. */
#define CHUNK 16384

typedef struct
{
  CnnStateDict *dict;
  CnnNumberType *types;         /* of each entry */
  gboolean with_metadata;
} Save;

/* A type that has too few bits for a number must not turn it into an infinity
 * without a word. */
static gboolean
check_range (const float    *numbers,
             gsize           n,
             CnnNumberType   type,
             GError        **error)
{
  double limit = type == CNN_NUMBER_F16 ? 65520 : type == CNN_NUMBER_BF16 ? 0x1.ffp127 : INFINITY;

  for (gsize i = 0; i < n; i++)
    if (isfinite (numbers[i]) && fabs (numbers[i]) >= limit)
      {
        g_set_error (error, CNN_ERROR, CNN_ERROR_VALUE, "holds %g, which is too large for %s", numbers[i],
                     type == CNN_NUMBER_F16 ? "F16; BF16 or F32 can hold it" : "BF16; F32 can hold it");
        return FALSE;
      }

  return TRUE;
}

static gboolean
write_tensor (GOutputStream  *stream,
              CnnTensor      *tensor,
              CnnNumberType   type,
              GCancellable   *cancellable,
              GError        **error)
{
  const float *numbers = cnn_tensor_get_data (tensor);
  gsize n = cnn_tensor_get_n_elements (tensor);
  gsize item = cnn_number_type_get_size (type);
  g_autofree guint8 *chunk = g_malloc (CHUNK * item);

  for (gsize i = 0; i < n; i += CHUNK)
    {
      gsize length = MIN (n - i, CHUNK);

      if (!check_range (numbers + i, length, type, error))
        return FALSE;

      cnn_number_type_encode (type, numbers + i, length, chunk);
      if (!g_output_stream_write_all (stream, chunk, length * item, NULL, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_all (GOutputStream  *stream,
           gpointer        data,
           GCancellable   *cancellable,
           GError        **error)
{
  Save *save = data;
  g_autoptr (GBytes) header = cnn_safetensors_write_header (save->dict, save->types, save->with_metadata);

  if (!g_output_stream_write_all (stream, g_bytes_get_data (header, NULL), g_bytes_get_size (header),
                                  NULL, cancellable, error))
    return FALSE;

  for (guint i = 0; i < cnn_state_dict_get_size (save->dict); i++)
    if (!write_tensor (stream, cnn_state_dict_get (save->dict, i), save->types[i], cancellable, error) ||
        !cnn_file_map_check (cnn_tensor_get_data (cnn_state_dict_get (save->dict, i)), error))
      {
        g_prefix_error (error, "%s: ", cnn_state_dict_get_name (save->dict, i));
        return FALSE;
      }

  return TRUE;
}

/**
 * cnn_state_dict_save:
 * @self: a state dict
 * @file: where to write; a file that is there is replaced at once and as a
 *   whole, or stays as it is
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes the tensors as `.safetensors`, F32, in their order, with the numbers
 * starting on a 64-byte boundary. The same tensors make the same bytes.
 *
 * Returns: whether @file was written
 */
gboolean
cnn_state_dict_save (CnnStateDict  *self,
                     GFile         *file,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autofree CnnNumberType *types = g_new (CnnNumberType, cnn_state_dict_get_size (self));
  Save save = { self, types, FALSE };

  for (guint i = 0; i < cnn_state_dict_get_size (self); i++)
    types[i] = CNN_NUMBER_F32;

  return cnn_file_save (file, write_all, &save, cancellable, error);
}

/**
 * cnn_state_dict_export:
 * @self: a state dict
 * @type: how its numbers are written
 * @file: where to write, as for [method@StateDict.save]
 * @cancellable: (nullable): a cancellable
 * @error: return location for an error
 *
 * Writes the tensors as a `.safetensors` file for other programs: numbers as @type,
 * rounded to the nearest, ties to even; what were integers as I64; and with the mark
 * `format: pt`. A number that @type cannot hold is %CNN_ERROR_VALUE, with its tensor.
 *
 * Returns: whether @file was written
 */
gboolean
cnn_state_dict_export (CnnStateDict  *self,
                       CnnFloatType   type,
                       GFile         *file,
                       GCancellable  *cancellable,
                       GError       **error)
{
  static const CnnNumberType number_types[] = { CNN_NUMBER_F32, CNN_NUMBER_F16, CNN_NUMBER_BF16 };
  g_autofree CnnNumberType *types = g_new (CnnNumberType, cnn_state_dict_get_size (self));
  Save save = { self, types, TRUE };

  g_return_val_if_fail ((gsize) type < G_N_ELEMENTS (number_types), FALSE);

  for (guint i = 0; i < cnn_state_dict_get_size (self); i++)
    types[i] = cnn_state_dict_is_integer (self, i) ? CNN_NUMBER_I64 : number_types[type];

  return cnn_file_save (file, write_all, &save, cancellable, error);
}
