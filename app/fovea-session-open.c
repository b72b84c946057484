#define G_LOG_DOMAIN "fovea-session-open"

/* For strcasestr(). */
#define _GNU_SOURCE

#include "config.h"

#include "fovea-session-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "fovea-opening.h"

/* How often one is told how far a model has come. */
#define PROGRESS_MS 100

/* ---- The data set ---- */

/* Which classes have the search in their names: found out once for each class,
 * not for each of the pictures. */
static void
match_classes (FoveaSession *self)
{
  guint n = self->labels != NULL ? cnn_labels_get_size (self->labels) : 0;
  g_autofree char *folded = g_utf8_casefold (self->search, -1);

  g_array_set_size (self->matching_classes, 0);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_utf8_casefold (cnn_labels_get_name (self->labels, i), -1);
      gboolean matches = strstr (name, folded) != NULL;

      g_array_append_val (self->matching_classes, matches);
    }
}

static gboolean
matches_search (FoveaSession *self,
                CnnSample    *sample)
{
  int label = cnn_sample_get_label (sample);

  if (label >= 0 && (guint) label < self->matching_classes->len &&
      g_array_index (self->matching_classes, gboolean, label))
    return TRUE;

  return strcasestr (cnn_sample_get_name (sample), self->search) != NULL;
}

static gboolean
filter_cb (gpointer item,
           gpointer data)
{
  FoveaSession *self = data;
  CnnSample *sample = item;

  return (self->class_filter < 0 || cnn_sample_get_label (sample) == self->class_filter) &&
         (*self->search == '\0' || matches_search (self, sample));
}

/* The list follows the class and the search. Where there is neither, no picture
 * is asked about at all: there may be fifty thousand of them. */
void
fovea_session_filter_samples (FoveaSession *self)
{
  gboolean is_filtered = self->class_filter >= 0 || *self->search != '\0';

  match_classes (self);
  if (is_filtered && gtk_filter_list_model_get_filter (self->samples) != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  else
    gtk_filter_list_model_set_filter (self->samples, is_filtered ? self->filter : NULL);
}

/* The selection is what people move; the sample follows it. */
static void
follow_selection (FoveaSession *self)
{
  CnnSample *sample = gtk_single_selection_get_selected_item (self->selection);

  if (sample == self->sample)
    return;

  g_set_object (&self->sample, sample);
  fovea_session_notify (self, PROP_SAMPLE);
  fovea_session_look (self);
}

/* Makes the models that the samples pass through. */
void
fovea_session_list_samples (FoveaSession *self)
{
  self->filter = GTK_FILTER (gtk_custom_filter_new (filter_cb, self, NULL));
  self->samples = gtk_filter_list_model_new (NULL, NULL);
  self->selection = gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->samples)));
  g_signal_connect_swapped (self->selection, "notify::selected-item",
                            G_CALLBACK (follow_selection), self);
}

static gboolean
sample_is_named (CnnSample  *sample,
                 const char *name)
{
  const char *path = cnn_sample_get_path (sample);
  g_autofree char *basename = g_path_get_basename (path);

  return g_str_equal (name, path) ||
         g_str_equal (name, basename) ||
         g_str_equal (name, cnn_sample_get_name (sample));
}

/* The position of a picture in the list that is shown; a number counts from 1.
 * Returns GTK_INVALID_LIST_POSITION where there is none. */
static guint
find_sample (FoveaSession *self,
             const char   *name)
{
  GListModel *samples = G_LIST_MODEL (self->samples);
  guint n = g_list_model_get_n_items (samples);
  guint64 number;

  if (g_ascii_string_to_unsigned (name, 10, 1, MAX (n, 1), &number, NULL))
    return number <= n ? number - 1 : GTK_INVALID_LIST_POSITION;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CnnSample) sample = g_list_model_get_item (samples, i);

      if (sample_is_named (sample, name))
        return i;
    }

  return GTK_INVALID_LIST_POSITION;
}

/* Whether something else may be there soon. */
static gboolean
is_opening (FoveaSession    *self,
            FoveaSessionJob  job)
{
  return fovea_job_is_running (&self->jobs[job]) ||
         fovea_job_is_running (&self->jobs[FOVEA_JOB_OPEN]);
}

/* Nothing else will come: what was wanted is wanted of what is there. */
static void
choose_wanted (FoveaSession *self)
{
  if (self->wanted_sample != NULL && !is_opening (self, FOVEA_JOB_DATASET))
    {
      g_autofree char *name = g_steal_pointer (&self->wanted_sample);

      if (self->dataset != NULL)
        fovea_session_choose_sample (self, name);
    }

  if (self->wanted_layer != NULL && !is_opening (self, FOVEA_JOB_NETWORK))
    {
      g_autofree char *name = g_steal_pointer (&self->wanted_layer);

      if (self->network != NULL)
        fovea_session_choose_layer (self, name);
    }
}

/**
 * fovea_session_choose_sample:
 * @self: a session
 * @name: the picture's number in the list, counted from 1, its file's name, or
 *   its path
 *
 * Shows a picture by name: now, or once the data set is there that is being
 * loaded.
 */
void
fovea_session_choose_sample (FoveaSession *self,
                             const char   *name)
{
  guint position;

  if (self->dataset == NULL || is_opening (self, FOVEA_JOB_DATASET))
    {
      g_free (self->wanted_sample);
      self->wanted_sample = g_strdup (name);
      return;
    }

  position = find_sample (self, name);
  if (position == GTK_INVALID_LIST_POSITION)
    {
      g_autoptr (GError) error =
        g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                     ngettext ("There is no picture “%s” among the %u that are listed",
                               "There is no picture “%s” among the %u that are listed",
                               g_list_model_get_n_items (G_LIST_MODEL (self->samples))),
                     name, g_list_model_get_n_items (G_LIST_MODEL (self->samples)));

      fovea_session_report (self, _("The picture was not found"), error);
      return;
    }

  gtk_single_selection_set_selected (self->selection, position);
}

static void
set_dataset (FoveaSession *self,
             CnnDataset   *dataset)
{
  g_autofree char *wanted = g_steal_pointer (&self->wanted_sample);

  g_object_freeze_notify (G_OBJECT (self));

  /* Listening again only when all is in place: one picture is looked at, not
   * the first of the list on the way to it. */
  g_signal_handlers_block_by_func (self->selection, follow_selection, self);

  g_set_object (&self->dataset, dataset);
  g_clear_pointer (&self->labels, cnn_labels_unref);
  self->labels = cnn_labels_ref (cnn_dataset_get_labels (dataset));
  fovea_session_set_class_filter (self, CNN_NO_LABEL);
  fovea_session_set_search (self, "");
  gtk_filter_list_model_set_model (self->samples, G_LIST_MODEL (dataset));
  gtk_single_selection_set_selected (self->selection, 0);
  if (wanted != NULL)
    fovea_session_choose_sample (self, wanted);

  g_signal_handlers_unblock_by_func (self->selection, follow_selection, self);

  fovea_session_notify (self, PROP_DATASET);
  follow_selection (self);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
dataset_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (FoveaTicket) ticket = data;
  FoveaSession *self = fovea_ticket_get_owner (ticket);
  g_autoptr (GError) error = NULL;
  g_autoptr (CnnDataset) dataset = cnn_dataset_load_finish (result, &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (dataset != NULL)
    set_dataset (self, dataset);
  else
    fovea_session_report (self, _("The folder cannot be shown"), error);

  choose_wanted (self);
  fovea_session_notify (self, PROP_DATASET_LOADING);
  fovea_session_update_busy (self);
}

/**
 * fovea_session_open_dataset:
 * @self: a session
 * @folder: a folder of pictures
 *
 * Loads a data set; what is open stays until it is there.
 */
void
fovea_session_open_dataset (FoveaSession *self,
                            GFile        *folder)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_DATASET];
  FoveaTicket *ticket = fovea_job_start (job, self);

  cnn_dataset_load_async (folder, job->cancellable, dataset_cb, ticket);
  fovea_session_notify (self, PROP_DATASET_LOADING);
  fovea_session_update_busy (self);
}

/* ---- The network ---- */

/* The first layer that has feature maps of its own: the picture itself, which
 * comes before it, can be seen anyway. */
static guint
find_first_layer (CnnNetwork *network)
{
  guint n = cnn_network_get_n_layers (network);

  for (guint i = 0; i < n; i++)
    if (cnn_layer_get_kind (cnn_network_get_layer (network, i)) == CNN_KIND_CONVOLUTION)
      return i;

  return n > 1 ? 1 : 0;
}

/**
 * fovea_session_choose_layer:
 * @self: a session
 * @name: name of a layer
 *
 * Shows a layer by name: now, or once the network is there that is being loaded.
 */
void
fovea_session_choose_layer (FoveaSession *self,
                            const char   *name)
{
  CnnLayer *layer;

  if (self->network == NULL || is_opening (self, FOVEA_JOB_NETWORK))
    {
      g_free (self->wanted_layer);
      self->wanted_layer = g_strdup (name);
      return;
    }

  layer = cnn_network_find_layer (self->network, name);
  if (layer == NULL)
    {
      g_autoptr (GError) error =
        g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("%s has no layer “%s”"),
                     cnn_network_get_name (self->network), name);

      fovea_session_report (self, _("The layer was not found"), error);
      return;
    }

  fovea_session_set_layer (self, cnn_layer_get_index (layer));
}

/* Takes a network over that was opened just now. */
static void
take_model (FoveaSession *self,
            FoveaModel   *model)
{
  g_autofree char *wanted = g_steal_pointer (&self->wanted_layer);
  CnnRecipe recipe = self->recipe;
  CnnLayer *layer = NULL;

  /* Stepping through one network and opening another, one stays where one is. */
  if (wanted == NULL && self->network != NULL)
    wanted = g_strdup (cnn_layer_get_name (cnn_network_get_layer (self->network, self->layer)));
  if (wanted != NULL)
    layer = cnn_network_find_layer (model->network, wanted);

  g_object_freeze_notify (G_OBJECT (self));
  fovea_session_set_network (self, model->network, model->predictor, model->card);
  self->layer = layer != NULL ? cnn_layer_get_index (layer) : find_first_layer (model->network);
  fovea_session_update_recipe (self);
  fovea_session_notify (self, PROP_NETWORK);
  fovea_session_notify (self, PROP_CARD);
  fovea_session_notify (self, PROP_LAYER);

  if (cnn_recipe_is_same (&self->recipe, &recipe))
    fovea_session_look_again (self);
  else
    fovea_session_look (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/* That there was a choice, and which one was made. */
static void
report_note (FoveaSession *self,
             const char   *note)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, note);

  fovea_session_report (self, _("The file holds several sets of weights"), error);
}

static void
end_opening (FoveaSession *self)
{
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  g_clear_pointer (&self->progress, cnn_progress_unref);
  g_clear_object (&self->opening_file);
  choose_wanted (self);
  fovea_session_notify (self, PROP_NETWORK_LOADING);
  fovea_session_notify (self, PROP_OPENING_FRACTION);
  fovea_session_update_busy (self);
}

static void
model_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (FoveaTicket) ticket = data;
  FoveaSession *self = fovea_ticket_get_owner (ticket);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaModel) model = fovea_model_load_finish (result, &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (model != NULL)
    take_model (self, model);
  else
    fovea_session_report (self, _("The model cannot be opened"), error);
  if (model != NULL && cnn_network_get_note (model->network) != NULL)
    report_note (self, cnn_network_get_note (model->network));
  if (model != NULL && model->problem != NULL)
    fovea_session_report (self, _("What lies beside the model is not understood"), model->problem);

  end_opening (self);
}

static gboolean
progress_cb (gpointer data)
{
  fovea_session_notify (data, PROP_OPENING_FRACTION);

  return G_SOURCE_CONTINUE;
}

/**
 * fovea_session_open_network:
 * @self: a session
 * @file: a weights file
 *
 * Loads a network; what is open stays until it is there.
 */
void
fovea_session_open_network (FoveaSession *self,
                            GFile        *file)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_NETWORK];
  FoveaTicket *ticket = fovea_job_start (job, self);

  g_clear_pointer (&self->progress, cnn_progress_unref);
  self->progress = cnn_progress_new ();
  g_set_object (&self->opening_file, file);
  if (self->progress_timer == 0)
    self->progress_timer = g_timeout_add (PROGRESS_MS, progress_cb, self);

  fovea_model_load_async (file, self->progress, job->cancellable, model_cb, ticket);
  fovea_session_notify (self, PROP_NETWORK_LOADING);
  fovea_session_notify (self, PROP_OPENING_FRACTION);
  fovea_session_update_busy (self);
}

/**
 * fovea_session_cancel_opening:
 * @self: a session
 *
 * Stops opening a model. The one that was open stays.
 */
void
fovea_session_cancel_opening (FoveaSession *self)
{
  if (!fovea_session_get_network_loading (self))
    return;

  fovea_job_cancel (&self->jobs[FOVEA_JOB_NETWORK]);
  end_opening (self);
}

/**
 * fovea_session_get_opening_fraction:
 * @self: a session
 *
 * Returns: how much is done of opening a model, from 0 to 1
 */
double
fovea_session_get_opening_fraction (FoveaSession *self)
{
  return self->progress != NULL ? cnn_progress_get_fraction (self->progress) : 0;
}

CnnPhase
fovea_session_get_opening_phase (FoveaSession *self)
{
  return self->progress != NULL ? cnn_progress_get_phase (self->progress) : CNN_PHASE_READING;
}

/**
 * fovea_session_dup_opening_name:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): what to call the model that is being opened
 */
char *
fovea_session_dup_opening_name (FoveaSession *self)
{
  g_autofree char *basename = self->opening_file != NULL ? g_file_get_basename (self->opening_file) : NULL;

  return basename != NULL ? g_filename_display_name (basename) : NULL;
}

/* ---- Files of any kind ---- */

static void
open_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (FoveaTicket) ticket = data;
  FoveaSession *self = fovea_ticket_get_owner (ticket);
  g_autoptr (GError) error = NULL;
  g_autoptr (FoveaOpening) opening = fovea_opening_sort_finish (result, &error);

  if (!fovea_ticket_redeem (ticket))
    return;

  if (opening == NULL)
    {
      fovea_session_report (self, _("The file cannot be opened"), error);
    }
  else
    {
      if (opening->folder != NULL)
        fovea_session_open_dataset (self, opening->folder);
      else if (opening->pictures != NULL)
        {
          fovea_job_cancel (&self->jobs[FOVEA_JOB_DATASET]);
          set_dataset (self, opening->pictures);
          fovea_session_notify (self, PROP_DATASET_LOADING);
        }
      if (opening->model != NULL)
        fovea_session_open_network (self, opening->model);
    }

  choose_wanted (self);
  fovea_session_update_busy (self);
}

/**
 * fovea_session_open:
 * @self: a session
 * @files: (array length=n_files): files and folders of any kind
 * @n_files: how many
 *
 * Opens files by what they are: a folder as a data set, pictures as a data set
 * of just these, another file as a model.
 */
void
fovea_session_open (FoveaSession *self,
                    GFile       **files,
                    guint         n_files)
{
  FoveaJob *job = &self->jobs[FOVEA_JOB_OPEN];
  FoveaTicket *ticket;

  if (n_files == 0)
    return;

  ticket = fovea_job_start (job, self);
  fovea_opening_sort_async (files, n_files, job->cancellable, open_cb, ticket);
  fovea_session_update_busy (self);
}
