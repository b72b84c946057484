#define G_LOG_DOMAIN "fovea-run-identity"

#include "fovea-run-identity.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "fovea-run-store-private.h"

#define BUFFER_SIZE (256 * 1024)

/* Feeds a file to a checksum, or to CRC-32. */
typedef void (*Feed) (gpointer      data,
                      const guint8 *bytes,
                      gsize         length);

static gboolean
read_file (const char    *path,
           Feed           feed,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  g_autofree guint8 *buffer = g_malloc (BUFFER_SIZE);
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  gssize n = fd >= 0 ? 1 : -1;

  while (n > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      do
        n = read (fd, buffer, BUFFER_SIZE);
      while (n < 0 && errno == EINTR);

      if (n > 0)
        feed (data, buffer, n);
    }

  if (n < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", path, g_strerror (errno));
  if (fd >= 0)
    close (fd);

  return n == 0 || (n > 0 && !g_cancellable_set_error_if_cancelled (cancellable, error));
}

static void
feed_checksum (gpointer      data,
               const guint8 *bytes,
               gsize         length)
{
  g_checksum_update (data, bytes, length);
}

static void
feed_crc (gpointer      data,
          const guint8 *bytes,
          gsize         length)
{
  guint32 *crc = data;

  *crc = crc32_z (*crc, bytes, length);
}

static gboolean
stat_file (const char *path,
           gint64     *bytes,
           gint64     *modified)
{
  struct stat status;

  if (stat (path, &status) != 0)
    return FALSE;

  *bytes = status.st_size;
  *modified = status.st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status.st_mtim.tv_nsec;

  return TRUE;
}

/* The store remembers what it was, as long as nobody writes the file. */
static char *
digest_model (FoveaRunStore  *store,
              GFile          *model,
              GCancellable   *cancellable,
              GError        **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  const char *path = g_file_peek_path (model);
  FoveaStamp stamp = { 0 };
  char *digest;

  stat_file (path, &stamp.bytes, &stamp.modified);
  digest = fovea_run_store_dup_digest (store, path, &stamp);
  if (digest != NULL)
    return digest;

  if (!read_file (path, feed_checksum, checksum, cancellable, error))
    return NULL;

  fovea_run_store_remember_digest (store, path, &stamp, g_checksum_get_string (checksum));

  return g_strdup (g_checksum_get_string (checksum));
}

/* Over names, sizes and labels; what is in the pictures, their stamps tell. */
static char *
digest_dataset (CnnDataset *dataset)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint n = cnn_dataset_get_n_samples (dataset);

  for (guint i = 0; i < n; i++)
    {
      CnnSample *sample = cnn_dataset_get_sample (dataset, i);
      g_autofree char *line = NULL;
      GStatBuf status;

      line = g_strdup_printf ("%s\t%" G_GINT64_FORMAT "\t%d\n", cnn_sample_get_name (sample),
                              g_stat (cnn_sample_get_path (sample), &status) == 0
                              ? (gint64) status.st_size : -1,
                              cnn_sample_get_label (sample));
      g_checksum_update (checksum, (const guint8 *) line, -1);
    }

  return g_strdup (g_checksum_get_string (checksum));
}

static void
append_floats (GString     *key,
               const char  *name,
               const float *values)
{
  g_string_append_printf (key, " %s=", name);
  for (guint i = 0; i < 3; i++)
    {
      char digits[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_dtostr (digits, sizeof digits, values[i]);
      g_string_append_printf (key, "%s%s", i > 0 ? "/" : "", digits);
    }
}

static char *
describe (const FoveaRunIdentity *self,
          const CnnRunSettings   *settings)
{
  const CnnRecipe *recipe = &settings->recipe;
  GString *key = g_string_new (NULL);

  g_string_printf (key, "model=%s dataset=%s crops=%s limit=%u batch=%u"
                   " short=%u crop=%u rounding=%d filter=%d",
                   self->model, self->dataset, cnn_crop_mode_get_name (settings->crops),
                   settings->limit, settings->batch_size,
                   recipe->short_side, recipe->crop_size, recipe->rounding, recipe->filter);
  append_floats (key, "mean", recipe->mean);
  append_floats (key, "std", recipe->std);

  /* Another program or instruction set may round in another way. */
  g_string_append_printf (key, " engine=%s/%s", FOVEA_VERSION,
                          cnn_cpu_level_get_name (cnn_cpu_get_level ()));

  return g_string_free (key, FALSE);
}

/**
 * fovea_run_identity_new:
 * @store: a store, which remembers what models are
 * @dataset: the pictures
 * @model: the model's file
 * @settings: how it is run
 * @cancellable: (nullable): to stop it
 * @error: return location for a %G_IO_ERROR
 *
 * Reads the model's file and looks at the pictures' sizes. It takes its time:
 * call it in a thread.
 *
 * Returns: (transfer full): what tells this run from others
 */
FoveaRunIdentity *
fovea_run_identity_new (FoveaRunStore         *store,
                        CnnDataset            *dataset,
                        GFile                 *model,
                        const CnnRunSettings  *settings,
                        GCancellable          *cancellable,
                        GError               **error)
{
  g_autoptr (FoveaRunIdentity) self = g_new0 (FoveaRunIdentity, 1);

  self->model = digest_model (store, model, cancellable, error);
  if (self->model == NULL)
    return NULL;

  self->dataset = digest_dataset (dataset);
  self->key = describe (self, settings);

  return g_steal_pointer (&self);
}

void
fovea_run_identity_free (FoveaRunIdentity *self)
{
  g_free (self->model);
  g_free (self->dataset);
  g_free (self->key);
  g_free (self);
}

/**
 * fovea_stamp_read:
 * @self: (out caller-allocates): what the file is like
 * @path: a picture's file
 *
 * Returns: whether it could be read; @self is all zeros otherwise
 */
gboolean
fovea_stamp_read (FoveaStamp *self,
                  const char *path)
{
  *self = (FoveaStamp) { 0 };
  if (stat_file (path, &self->bytes, &self->modified) &&
      read_file (path, feed_crc, &self->crc, NULL, NULL))
    return TRUE;

  *self = (FoveaStamp) { 0 };

  return FALSE;
}

/**
 * fovea_stamp_is_current:
 * @self: what a file was like
 * @path: the file, perhaps in another place
 *
 * Returns: whether it still holds the same: at a glance if nobody wrote it since,
 *   else by its bytes
 */
gboolean
fovea_stamp_is_current (const FoveaStamp *self,
                        const char       *path)
{
  gint64 bytes = 0, modified = 0;
  FoveaStamp now;

  stat_file (path, &bytes, &modified);
  if (bytes != self->bytes)
    return FALSE;
  if (modified == self->modified)
    return TRUE;

  fovea_stamp_read (&now, path);

  return now.bytes == self->bytes && now.crc == self->crc;
}
