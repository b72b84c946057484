#define G_LOG_DOMAIN "fovea-runs"

#include "config.h"

#include "fovea-runs-private.h"

#include <glib/gi18n.h>

static void
list_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, &error);
  g_autoptr (GPtrArray) runs = store != NULL ? fovea_run_store_list (store, FALSE, &error) : NULL;
  GPtrArray *items;

  if (runs == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  items = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_set_free_func (runs, NULL);
  for (guint i = 0; i < runs->len; i++)
    g_ptr_array_add (items, fovea_run_item_new (g_ptr_array_index (runs, i)));
  g_task_return_pointer (task, items, (GDestroyNotify) g_ptr_array_unref);
}

static void
list_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  FoveaRuns *self = FOVEA_RUNS (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = g_task_propagate_pointer (G_TASK (result), &error);

  /* Whoever starts a run hears what is wrong with the store. */
  if (items == NULL)
    g_debug ("%s", error->message);
  else if (GPOINTER_TO_UINT (data) == self->refresh_serial && self->list != NULL)
    g_list_store_splice (self->list, 0, g_list_model_get_n_items (G_LIST_MODEL (self->list)),
                         items->pdata, items->len);
}

/**
 * fovea_runs_refresh:
 * @self: the runs
 *
 * Reads again which runs are kept; other windows and programs add to them.
 */
void
fovea_runs_refresh (FoveaRuns *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, list_cb, GUINT_TO_POINTER (++self->refresh_serial));

  g_task_run_in_thread (task, list_thread);
}

/* What is to be done with a run of the store. */
typedef struct
{
  gint64 id;
  gint64 other;
  gboolean deleted;
  char *name;
  guint serial;
} Change;

static void
change_free (gpointer data)
{
  g_free (((Change *) data)->name);
  g_free (data);
}

static GTask *
new_task (FoveaRuns           *self,
          const Change        *change,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_task_data (task, g_memdup2 (change, sizeof *change), change_free);

  return task;
}

static void
open_thread (GTask        *task,
             gpointer      source,
             gpointer      data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, &error);
  CnnRun *loaded = store != NULL ? fovea_run_store_load (store, ((Change *) data)->id, &error) : NULL;

  if (loaded != NULL)
    g_task_return_pointer (task, loaded, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
open_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  FoveaRuns *self = FOVEA_RUNS (source);
  const Change *change = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnRun) loaded = g_task_propagate_pointer (G_TASK (result), &error);

  if (change->serial != self->open_serial)
    return;

  if (loaded != NULL)
    fovea_runs_show (self, loaded, change->id);
  else
    fovea_runs_tell (self, _("The run could not be opened"), error);
}

/**
 * fovea_runs_open:
 * @self: the runs
 * @id: one that is kept
 *
 * Shows a run; the one that goes on, as it goes on.
 */
void
fovea_runs_open (FoveaRuns *self,
                 gint64     id)
{
  g_autoptr (GTask) task = NULL;

  if (self->recorder != NULL && fovea_run_recorder_get_id (self->recorder) == id)
    {
      fovea_runs_show (self, cnn_evaluation_get_run (self->evaluation), id);
      return;
    }

  task = new_task (self, &(Change) { .id = id, .serial = ++self->open_serial }, NULL, open_cb, NULL);
  g_task_run_in_thread (task, open_thread);
}

static void
change_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  FoveaRuns *self = FOVEA_RUNS (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fovea_runs_tell (self, _("The run could not be changed"), error);
  fovea_runs_refresh (self);
}

static void
rename_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  const Change *change = data;
  GError *error = NULL;
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, &error);

  if (store != NULL && fovea_run_store_rename (store, change->id, change->name, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fovea_runs_rename:
 * @self: the runs
 * @id: one that is kept
 * @name: what it shall be called
 *
 * Gives a run another name.
 */
void
fovea_runs_rename (FoveaRuns  *self,
                   gint64      id,
                   const char *name)
{
  g_autoptr (GTask) task = new_task (self, &(Change) { .id = id, .name = g_strdup (name) },
                                     NULL, change_cb, NULL);

  g_task_run_in_thread (task, rename_thread);
}

static void
delete_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  const Change *change = data;
  GError *error = NULL;
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, &error);

  if (store != NULL && fovea_run_store_set_deleted (store, change->id, change->deleted, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * fovea_runs_set_deleted:
 * @self: the runs
 * @id: one that is kept
 * @deleted: whether it is deleted
 *
 * Deletes a run, or takes that back.
 */
void
fovea_runs_set_deleted (FoveaRuns *self,
                        gint64     id,
                        gboolean   deleted)
{
  g_autoptr (GTask) task = new_task (self, &(Change) { .id = id, .deleted = deleted },
                                     NULL, change_cb, NULL);

  g_task_run_in_thread (task, delete_thread);
}

static void
compare_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Change *change = data;
  GError *error = NULL;
  g_autoptr (FoveaRunStore) store = fovea_run_store_open (NULL, &error);
  g_autoptr (CnnRun) first = store != NULL ? fovea_run_store_load (store, change->id, &error) : NULL;
  g_autoptr (CnnRun) second = first != NULL ? fovea_run_store_load (store, change->other, &error) : NULL;

  if (second != NULL)
    g_task_return_pointer (task, cnn_comparison_new (first, second), (GDestroyNotify) cnn_comparison_free);
  else
    g_task_return_error (task, error);
}

/**
 * fovea_runs_compare_async:
 * @self: the runs
 * @first: one that is kept
 * @second: another one
 * @cancellable: (nullable): to stop it
 * @callback: called when it is done
 * @user_data: for @callback
 *
 * Finds out how two runs differ.
 */
void
fovea_runs_compare_async (FoveaRuns           *self,
                          gint64               first,
                          gint64               second,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = new_task (self, &(Change) { .id = first, .other = second },
                                     cancellable, callback, user_data);

  g_task_run_in_thread (task, compare_thread);
}

CnnComparison *
fovea_runs_compare_finish (FoveaRuns     *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
