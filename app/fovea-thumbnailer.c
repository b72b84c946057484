#define G_LOG_DOMAIN "fovea-thumbnailer"

#include "config.h"

#include "fovea-thumbnailer.h"

/* A thumbnail that is kept. Its link is in the queue of what was used when. */
typedef struct
{
  CnnSample *sample;
  int size;
  GdkTexture *texture;
  gsize bytes;
  GList link;
} Entry;

struct _FoveaThumbnailer
{
  GObject parent_instance;

  /* Owned. Requests that wait (GTask), the newest first. */
  GQueue waiting;
  guint n_running;
  guint max_running;

  /* Owned. The same entries by key, and by use, the latest first. */
  GHashTable *entries;
  GQueue by_use;
  gsize max_bytes;
  gsize used_bytes;
};

static void fovea_thumbnailer_source_init (FoveaThumbnailSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FoveaThumbnailer, fovea_thumbnailer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_THUMBNAIL_SOURCE,
                                                      fovea_thumbnailer_source_init))

/* ---- What is kept ---- */

static guint
entry_hash (gconstpointer data)
{
  const Entry *entry = data;

  return g_direct_hash (entry->sample) ^ (guint) entry->size;
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  return first->sample == second->sample && first->size == second->size;
}

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_object_unref (entry->sample);
  g_object_unref (entry->texture);
  g_free (entry);
}

static void
drop_entry (FoveaThumbnailer *self,
            Entry            *entry)
{
  self->used_bytes -= entry->bytes;
  g_queue_unlink (&self->by_use, &entry->link);
  g_hash_table_remove (self->entries, entry);
}

static void
keep (FoveaThumbnailer *self,
      CnnSample        *sample,
      int               size,
      GdkTexture       *texture)
{
  Entry *entry = g_new0 (Entry, 1);
  Entry *old;

  entry->sample = g_object_ref (sample);
  entry->size = size;
  entry->texture = g_object_ref (texture);
  entry->bytes = (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture) * 3;
  entry->link.data = entry;

  old = g_hash_table_lookup (self->entries, entry);
  if (old != NULL)
    drop_entry (self, old);

  g_hash_table_add (self->entries, entry);
  g_queue_push_head_link (&self->by_use, &entry->link);
  self->used_bytes += entry->bytes;

  /* The newest stays, however large it is: someone waits for it. */
  while (self->used_bytes > self->max_bytes && self->by_use.tail != &entry->link)
    drop_entry (self, self->by_use.tail->data);
}

static GdkTexture *
fovea_thumbnailer_lookup (FoveaThumbnailSource *source,
                          CnnSample            *sample,
                          int                   size)
{
  FoveaThumbnailer *self = FOVEA_THUMBNAILER (source);
  const Entry key = { .sample = sample, .size = size };
  Entry *entry = g_hash_table_lookup (self->entries, &key);

  if (entry == NULL)
    return NULL;

  g_queue_unlink (&self->by_use, &entry->link);
  g_queue_push_head_link (&self->by_use, &entry->link);

  return g_object_ref (entry->texture);
}

/* ---- What is made ---- */

typedef struct
{
  CnnSample *sample;
  int size;
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->sample);
  g_free (request);
}

/* The shorter side gets the size that was asked for; a square in the middle is
 * what will be seen. */
static GdkTexture *
make_thumbnail (Request       *request,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr (GFile) file = cnn_sample_dup_file (request->sample);
  g_autoptr (CnnImage) image = cnn_image_load (file, cancellable, error);
  g_autoptr (CnnImage) square = NULL;
  g_autoptr (CnnImage) small = NULL;
  g_autoptr (GBytes) bytes = NULL;
  guint width, height, side;

  if (image == NULL)
    return NULL;

  width = cnn_image_get_width (image);
  height = cnn_image_get_height (image);
  side = MIN (width, height);
  square = cnn_image_crop (image, (width - side) / 2, (height - side) / 2, side, side);
  small = cnn_image_resize (square, request->size, request->size, CNN_FILTER_BILINEAR);
  bytes = cnn_image_dup_bytes (small);

  return gdk_memory_texture_new (request->size, request->size, GDK_MEMORY_R8G8B8,
                                 bytes, (gsize) request->size * 3);
}

static void
make_thread (GTask        *work,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  GdkTexture *texture;

  cnn_thread_give_way (CNN_PRIORITY_ANSWER);
  texture = make_thumbnail (data, cancellable, &error);

  if (texture != NULL)
    g_task_return_pointer (work, texture, g_object_unref);
  else
    g_task_return_error (work, error);
}

static void start_waiting (FoveaThumbnailer *self);

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  FoveaThumbnailer *self = FOVEA_THUMBNAILER (source);
  g_autoptr (GTask) task = data;
  Request *request = g_task_get_task_data (task);
  GError *error = NULL;
  GdkTexture *texture = g_task_propagate_pointer (G_TASK (result), &error);

  self->n_running--;
  start_waiting (self);

  if (texture == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  keep (self, request->sample, request->size, texture);
  g_task_return_pointer (task, texture, g_object_unref);
}

static void
start_waiting (FoveaThumbnailer *self)
{
  while (self->n_running < self->max_running && !g_queue_is_empty (&self->waiting))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->waiting);
      g_autoptr (GTask) work = NULL;

      if (g_task_return_error_if_cancelled (task))
        continue;

      /* The request's data live as long as its task, which made_cb() holds. */
      work = g_task_new (self, g_task_get_cancellable (task), made_cb, g_object_ref (task));
      g_task_set_task_data (work, g_task_get_task_data (task), NULL);
      self->n_running++;
      g_task_run_in_thread (work, make_thread);
    }
}

static void
fovea_thumbnailer_load_async (FoveaThumbnailSource *source,
                              CnnSample            *sample,
                              int                   size,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data)
{
  FoveaThumbnailer *self = FOVEA_THUMBNAILER (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  request->sample = g_object_ref (sample);
  request->size = size;
  g_task_set_task_data (task, request, (GDestroyNotify) request_free);

  g_queue_push_head (&self->waiting, task);
  start_waiting (self);
}

static GdkTexture *
fovea_thumbnailer_load_finish (FoveaThumbnailSource  *source,
                               GAsyncResult          *result,
                               GError               **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fovea_thumbnailer_source_init (FoveaThumbnailSourceInterface *iface)
{
  iface->lookup = fovea_thumbnailer_lookup;
  iface->load_async = fovea_thumbnailer_load_async;
  iface->load_finish = fovea_thumbnailer_load_finish;
}

/* ---- Being an object ---- */

/* A request holds a reference, so that nothing waits any more by now. */
static void
fovea_thumbnailer_finalize (GObject *object)
{
  FoveaThumbnailer *self = FOVEA_THUMBNAILER (object);

  g_assert (g_queue_is_empty (&self->waiting));
  g_hash_table_unref (self->entries);

  G_OBJECT_CLASS (fovea_thumbnailer_parent_class)->finalize (object);
}

static void
fovea_thumbnailer_class_init (FoveaThumbnailerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fovea_thumbnailer_finalize;
}

static void
fovea_thumbnailer_init (FoveaThumbnailer *self)
{
  g_queue_init (&self->waiting);
  g_queue_init (&self->by_use);
  self->entries = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
}

/**
 * fovea_thumbnailer_new:
 * @max_running: how many pictures are decoded at once
 * @max_bytes: how many bytes of pixels are kept at most
 *
 * Returns: (transfer full): a new thumbnailer
 */
FoveaThumbnailer *
fovea_thumbnailer_new (guint max_running,
                       gsize max_bytes)
{
  FoveaThumbnailer *self = g_object_new (FOVEA_TYPE_THUMBNAILER, NULL);

  self->max_running = max_running;
  self->max_bytes = max_bytes;

  return self;
}

/**
 * fovea_thumbnailer_get_used_bytes:
 * @self: a thumbnailer
 *
 * Returns: how many bytes of pixels are kept now
 */
gsize
fovea_thumbnailer_get_used_bytes (FoveaThumbnailer *self)
{
  return self->used_bytes;
}
