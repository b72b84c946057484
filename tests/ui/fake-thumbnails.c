#include "ui/fake-thumbnails.h"

struct _FakeThumbnails
{
  GObject parent_instance;

  GPtrArray *tasks;             /* GTask with the sample as its data, unanswered */
  GHashTable *kept;             /* CnnSample → GdkTexture */
};

static void thumbnail_source_iface_init (FoveaThumbnailSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeThumbnails, fake_thumbnails, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (FOVEA_TYPE_THUMBNAIL_SOURCE,
                                                      thumbnail_source_iface_init))

static GdkTexture *
fake_thumbnails_lookup (FoveaThumbnailSource *source,
                        CnnSample            *sample,
                        int                   size)
{
  GdkTexture *texture = g_hash_table_lookup (FAKE_THUMBNAILS (source)->kept, sample);

  return texture != NULL ? g_object_ref (texture) : NULL;
}

static void
fake_thumbnails_load_async (FoveaThumbnailSource *source,
                            CnnSample            *sample,
                            int                   size,
                            GCancellable         *cancellable,
                            GAsyncReadyCallback   callback,
                            gpointer              user_data)
{
  FakeThumbnails *self = FAKE_THUMBNAILS (source);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_object_ref (sample), g_object_unref);
  g_ptr_array_add (self->tasks, task);
}

static GdkTexture *
fake_thumbnails_load_finish (FoveaThumbnailSource *source,
                             GAsyncResult         *result,
                             GError              **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
thumbnail_source_iface_init (FoveaThumbnailSourceInterface *iface)
{
  iface->lookup = fake_thumbnails_lookup;
  iface->load_async = fake_thumbnails_load_async;
  iface->load_finish = fake_thumbnails_load_finish;
}

static void
fake_thumbnails_finalize (GObject *object)
{
  FakeThumbnails *self = FAKE_THUMBNAILS (object);

  g_ptr_array_unref (self->tasks);
  g_hash_table_unref (self->kept);

  G_OBJECT_CLASS (fake_thumbnails_parent_class)->finalize (object);
}

static void
fake_thumbnails_class_init (FakeThumbnailsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_thumbnails_finalize;
}

static void
fake_thumbnails_init (FakeThumbnails *self)
{
  self->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  self->kept = g_hash_table_new_full (NULL, NULL, g_object_unref, g_object_unref);
}

FakeThumbnails *
fake_thumbnails_new (void)
{
  return g_object_new (FAKE_TYPE_THUMBNAILS, NULL);
}

static GTask *
find_task (FakeThumbnails *self,
           CnnSample      *sample)
{
  for (guint i = 0; i < self->tasks->len; i++)
    if (g_task_get_task_data (g_ptr_array_index (self->tasks, i)) == sample)
      return g_ptr_array_index (self->tasks, i);

  return NULL;
}

/* How many wishes have not been answered. */
guint
fake_thumbnails_get_n_asked (FakeThumbnails *self)
{
  return self->tasks->len;
}

gboolean
fake_thumbnails_was_asked (FakeThumbnails *self,
                           CnnSample      *sample)
{
  return find_task (self, sample) != NULL;
}

gboolean
fake_thumbnails_was_cancelled (FakeThumbnails *self,
                               CnnSample      *sample)
{
  GTask *task = find_task (self, sample);

  g_assert_nonnull (task);

  return g_cancellable_is_cancelled (g_task_get_cancellable (task));
}

/* Answers the first wish for a sample; without a texture it failed. */
void
fake_thumbnails_answer (FakeThumbnails *self,
                        CnnSample      *sample,
                        GdkTexture     *texture)
{
  g_autoptr (GTask) task = find_task (self, sample);

  g_assert_nonnull (task);
  g_object_ref (task);
  g_ptr_array_remove (self->tasks, task);

  if (texture != NULL)
    g_task_return_pointer (task, g_object_ref (texture), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "broken");
}

/* Has a thumbnail at hand from now on. */
void
fake_thumbnails_keep (FakeThumbnails *self,
                      CnnSample      *sample,
                      GdkTexture     *texture)
{
  g_hash_table_insert (self->kept, g_object_ref (sample), g_object_ref (texture));
}
