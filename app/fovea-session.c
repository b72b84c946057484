#define G_LOG_DOMAIN "fovea-session"

#include "config.h"

#include "fovea-session-private.h"

#include <glib/gi18n.h>

#include "fovea-errors.h"

G_DEFINE_FINAL_TYPE (FoveaSession, fovea_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_ERROR,
  SIGNAL_SAVED,
  N_SIGNALS
};

GParamSpec *fovea_session_props[N_PROPS];
static guint signals[N_SIGNALS];

void
fovea_session_notify (FoveaSession *self,
                      guint         prop)
{
  g_object_notify_by_pspec (G_OBJECT (self), fovea_session_props[prop]);
}

/* Tells people about what failed; that they stopped something themselves is not
 * news to them. */
void
fovea_session_report (FoveaSession *self,
                      const char   *title,
                      const GError *error)
{
  g_autofree char *body = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  body = fovea_error_dup_explanation (error);
  g_signal_emit (self, signals[SIGNAL_ERROR], 0, title, body);
}

void
fovea_session_report_saved (FoveaSession *self,
                            GFile        *file)
{
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, file);
}

void
fovea_session_update_busy (FoveaSession *self)
{
  gboolean busy = FALSE;

  for (guint i = 0; i < FOVEA_N_JOBS; i++)
    busy |= fovea_job_is_running (&self->jobs[i]);

  if (busy == self->busy)
    return;

  self->busy = busy;
  fovea_session_notify (self, PROP_BUSY);
}

/* ---- What is chosen ---- */

/**
 * fovea_session_set_class_filter:
 * @self: a session
 * @label: a class, or %CNN_NO_LABEL for all of them
 *
 * Lists only the pictures of a class.
 */
void
fovea_session_set_class_filter (FoveaSession *self,
                                int           label)
{
  if (self->class_filter == label)
    return;

  self->class_filter = label;
  fovea_session_filter_samples (self);
  fovea_session_notify (self, PROP_CLASS_FILTER);
}

/**
 * fovea_session_set_search:
 * @self: a session
 * @search: what the listed pictures' class or file has in its name
 */
void
fovea_session_set_search (FoveaSession *self,
                          const char   *search)
{
  if (g_str_equal (self->search, search))
    return;

  g_free (self->search);
  self->search = g_strdup (search);
  fovea_session_filter_samples (self);
  fovea_session_notify (self, PROP_SEARCH);
}

void
fovea_session_set_crop_mode (FoveaSession *self,
                             CnnCropMode   mode)
{
  if (self->crop_mode == mode)
    return;

  self->crop_mode = mode;
  g_object_freeze_notify (G_OBJECT (self));
  fovea_session_notify (self, PROP_CROP_MODE);
  if (self->crop >= (int) cnn_crop_mode_get_n_crops (mode))
    {
      self->crop = 0;
      fovea_session_notify (self, PROP_CROP);
    }
  fovea_session_look (self);
  g_object_thaw_notify (G_OBJECT (self));
}

/**
 * fovea_session_set_crop:
 * @self: a session
 * @crop: one of the crops, or %CNN_MEAN_OF_CROPS, with which the feature maps are
 *   those of the first crop
 */
void
fovea_session_set_crop (FoveaSession *self,
                        int           crop)
{
  int old = self->crop;

  g_return_if_fail (crop >= CNN_MEAN_OF_CROPS &&
                    crop < (int) cnn_crop_mode_get_n_crops (self->crop_mode));

  if (old == crop)
    return;

  self->crop = crop;
  fovea_session_notify (self, PROP_CROP);
  if (MAX (old, 0) != MAX (crop, 0))
    fovea_session_look_at_crop (self);
}

/**
 * fovea_session_set_layer:
 * @self: a session with a network
 * @layer: index of a layer
 */
void
fovea_session_set_layer (FoveaSession *self,
                         guint         layer)
{
  g_return_if_fail (self->network != NULL && layer < cnn_network_get_n_layers (self->network));

  if (self->layer == layer)
    return;

  self->layer = layer;
  fovea_session_notify (self, PROP_LAYER);
  fovea_session_look_at_layer (self);
}

/* ---- Being looked at ---- */

CnnDataset *
fovea_session_get_dataset (FoveaSession *self)
{
  return self->dataset;
}

gboolean
fovea_session_get_dataset_loading (FoveaSession *self)
{
  return fovea_job_is_running (&self->jobs[FOVEA_JOB_DATASET]);
}

/**
 * fovea_session_dup_dataset_name:
 * @self: a session
 *
 * Returns: (transfer full) (nullable): what to call the data set
 */
char *
fovea_session_dup_dataset_name (FoveaSession *self)
{
  GFile *folder = self->dataset != NULL ? cnn_dataset_get_folder (self->dataset) : NULL;
  g_autofree char *basename = NULL;

  if (self->dataset == NULL)
    return NULL;

  /* Pictures that were opened one by one have no folder. */
  if (folder == NULL)
    return g_strdup (_("Pictures"));

  basename = g_file_get_basename (folder);

  return g_filename_display_name (basename);
}

CnnNetwork *
fovea_session_get_network (FoveaSession *self)
{
  return self->network;
}

gboolean
fovea_session_get_network_loading (FoveaSession *self)
{
  return fovea_job_is_running (&self->jobs[FOVEA_JOB_NETWORK]);
}

/**
 * fovea_session_get_labels:
 * @self: a session
 *
 * Returns: (transfer none): the names of the classes: those of the data set, or
 *   ImageNet's as long as there is none
 */
CnnLabels *
fovea_session_get_labels (FoveaSession *self)
{
  return self->labels != NULL ? self->labels : cnn_labels_get_imagenet ();
}

/**
 * fovea_session_get_answer_labels:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the names of the classes that the network
 *   tells apart: the data set's, those that came with the model, or ImageNet's;
 *   %NULL where those that are known are not of this network
 */
CnnLabels *
fovea_session_get_answer_labels (FoveaSession *self)
{
  CnnLabels *const candidates[] = {
    self->labels,
    self->card != NULL ? cnn_model_card_get_labels (self->card) : NULL,
    cnn_labels_get_imagenet (),
  };

  for (guint i = 0; i < G_N_ELEMENTS (candidates) && self->network != NULL; i++)
    if (candidates[i] != NULL &&
        cnn_network_get_n_classes (self->network) == cnn_labels_get_size (candidates[i]))
      return candidates[i];

  return NULL;
}

gboolean
fovea_session_get_busy (FoveaSession *self)
{
  return self->busy;
}

GtkSingleSelection *
fovea_session_get_selection (FoveaSession *self)
{
  return self->selection;
}

CnnSample *
fovea_session_get_sample (FoveaSession *self)
{
  return self->sample;
}

int
fovea_session_get_class_filter (FoveaSession *self)
{
  return self->class_filter;
}

const char *
fovea_session_get_search (FoveaSession *self)
{
  return self->search;
}

CnnCropMode
fovea_session_get_crop_mode (FoveaSession *self)
{
  return self->crop_mode;
}

int
fovea_session_get_crop (FoveaSession *self)
{
  return self->crop;
}

guint
fovea_session_get_layer (FoveaSession *self)
{
  return self->layer;
}

CnnPrepared *
fovea_session_get_prepared (FoveaSession *self)
{
  return self->findings.prepared;
}

CnnPrediction *
fovea_session_get_prediction (FoveaSession *self)
{
  return self->findings.prediction;
}

CnnActivations *
fovea_session_get_activations (FoveaSession *self)
{
  return self->findings.activations;
}

CnnTensor *
fovea_session_get_layer_tensor (FoveaSession *self)
{
  return self->findings.layer_tensor;
}

/**
 * fovea_session_get_picture_problem:
 * @self: a session
 *
 * Returns: (nullable): why the chosen picture cannot be shown
 */
const char *
fovea_session_get_picture_problem (FoveaSession *self)
{
  return self->findings.picture_problem;
}

/**
 * fovea_session_get_answer_problem:
 * @self: a session
 *
 * Returns: (nullable): why the network has no answer for the picture
 */
const char *
fovea_session_get_answer_problem (FoveaSession *self)
{
  return self->findings.answer_problem;
}

/* ---- Being an object ---- */

static void
fovea_session_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  FoveaSession *self = FOVEA_SESSION (object);

  switch (prop_id)
    {
    case PROP_DATASET:
      g_value_set_object (value, self->dataset);
      break;
    case PROP_DATASET_LOADING:
      g_value_set_boolean (value, fovea_session_get_dataset_loading (self));
      break;
    case PROP_NETWORK:
      g_value_set_object (value, self->network);
      break;
    case PROP_NETWORK_LOADING:
      g_value_set_boolean (value, fovea_session_get_network_loading (self));
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, self->busy);
      break;
    case PROP_SELECTION:
      g_value_set_object (value, self->selection);
      break;
    case PROP_SAMPLE:
      g_value_set_object (value, self->sample);
      break;
    case PROP_CLASS_FILTER:
      g_value_set_int (value, self->class_filter);
      break;
    case PROP_SEARCH:
      g_value_set_string (value, self->search);
      break;
    case PROP_OPENING_FRACTION:
      g_value_set_double (value, fovea_session_get_opening_fraction (self));
      break;
    case PROP_PRESET:
      g_value_set_string (value, self->preset);
      break;
    case PROP_RECIPE:
      g_value_set_boxed (value, &self->recipe);
      break;
    case PROP_CARD:
      g_value_set_boxed (value, self->card);
      break;
    case PROP_CROP_MODE:
      g_value_set_uint (value, self->crop_mode);
      break;
    case PROP_CROP:
      g_value_set_int (value, self->crop);
      break;
    case PROP_LAYER:
      g_value_set_uint (value, self->layer);
      break;
    case PROP_PREPARED:
      g_value_set_boxed (value, self->findings.prepared);
      break;
    case PROP_PREDICTION:
      g_value_set_boxed (value, self->findings.prediction);
      break;
    case PROP_ACTIVATIONS:
      g_value_set_boxed (value, self->findings.activations);
      break;
    case PROP_LAYER_TENSOR:
      g_value_set_boxed (value, self->findings.layer_tensor);
      break;
    case PROP_PICTURE_PROBLEM:
      g_value_set_string (value, self->findings.picture_problem);
      break;
    case PROP_ANSWER_PROBLEM:
      g_value_set_string (value, self->findings.answer_problem);
      break;
    case PROP_RUN:
      g_value_set_object (value, fovea_session_get_run (self));
      break;
    case PROP_EVALUATING:
      g_value_set_boolean (value, fovea_session_get_evaluating (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_session_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  FoveaSession *self = FOVEA_SESSION (object);

  switch (prop_id)
    {
    case PROP_CLASS_FILTER:
      fovea_session_set_class_filter (self, g_value_get_int (value));
      break;
    case PROP_SEARCH:
      fovea_session_set_search (self, g_value_get_string (value));
      break;
    case PROP_PRESET:
      fovea_session_set_preset (self, g_value_get_string (value));
      break;
    case PROP_CROP_MODE:
      fovea_session_set_crop_mode (self, g_value_get_uint (value));
      break;
    case PROP_CROP:
      fovea_session_set_crop (self, g_value_get_int (value));
      break;
    case PROP_LAYER:
      fovea_session_set_layer (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_session_dispose (GObject *object)
{
  FoveaSession *self = FOVEA_SESSION (object);

  fovea_session_stop (self);
  fovea_session_forget (self);

  if (self->selection != NULL)
    g_signal_handlers_disconnect_by_data (self->selection, self);
  g_clear_object (&self->selection);
  g_clear_object (&self->samples);
  g_clear_object (&self->filter);
  g_clear_object (&self->sample);
  g_clear_object (&self->dataset);
  g_clear_object (&self->network);
  g_clear_object (&self->opened_network);
  g_clear_object (&self->predictor);
  g_clear_object (&self->runs);
  g_clear_pointer (&self->card, cnn_model_card_unref);
  g_clear_pointer (&self->progress, cnn_progress_unref);
  g_clear_object (&self->opening_file);
  g_clear_pointer (&self->labels, cnn_labels_unref);

  G_OBJECT_CLASS (fovea_session_parent_class)->dispose (object);
}

static void
fovea_session_finalize (GObject *object)
{
  FoveaSession *self = FOVEA_SESSION (object);

  g_clear_pointer (&self->search, g_free);
  g_clear_pointer (&self->preset, g_free);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->matching_classes, g_array_unref);
  g_clear_pointer (&self->wanted_sample, g_free);
  g_clear_pointer (&self->wanted_layer, g_free);

  G_OBJECT_CLASS (fovea_session_parent_class)->finalize (object);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags both = readable | G_PARAM_WRITABLE;
  GParamSpec **props = fovea_session_props;

  props[PROP_DATASET] =
    g_param_spec_object ("dataset", NULL, NULL, CNN_TYPE_DATASET, readable);
  props[PROP_DATASET_LOADING] =
    g_param_spec_boolean ("dataset-loading", NULL, NULL, FALSE, readable);
  props[PROP_NETWORK] =
    g_param_spec_object ("network", NULL, NULL, CNN_TYPE_NETWORK, readable);
  props[PROP_NETWORK_LOADING] =
    g_param_spec_boolean ("network-loading", NULL, NULL, FALSE, readable);
  props[PROP_BUSY] =
    g_param_spec_boolean ("busy", NULL, NULL, FALSE, readable);
  props[PROP_SELECTION] =
    g_param_spec_object ("selection", NULL, NULL, GTK_TYPE_SINGLE_SELECTION, readable);
  props[PROP_SAMPLE] =
    g_param_spec_object ("sample", NULL, NULL, CNN_TYPE_SAMPLE, readable);
  props[PROP_CLASS_FILTER] =
    g_param_spec_int ("class-filter", NULL, NULL, CNN_NO_LABEL, G_MAXINT, CNN_NO_LABEL, both);
  props[PROP_SEARCH] =
    g_param_spec_string ("search", NULL, NULL, "", both);
  props[PROP_OPENING_FRACTION] =
    g_param_spec_double ("opening-fraction", NULL, NULL, 0, 1, 0, readable);
  props[PROP_RECIPE] =
    g_param_spec_boxed ("recipe", NULL, NULL, CNN_TYPE_RECIPE, readable);
  props[PROP_CARD] =
    g_param_spec_boxed ("card", NULL, NULL, CNN_TYPE_MODEL_CARD, readable);
  props[PROP_PRESET] =
    g_param_spec_string ("preset", NULL, NULL, "homework", both);
  props[PROP_CROP_MODE] =
    g_param_spec_uint ("crop-mode", NULL, NULL, CNN_CROPS_CENTER, CNN_CROPS_TEN, CNN_CROPS_FIVE, both);
  props[PROP_CROP] =
    g_param_spec_int ("crop", NULL, NULL, CNN_MEAN_OF_CROPS, CNN_MAX_CROPS - 1, 0, both);
  props[PROP_LAYER] =
    g_param_spec_uint ("layer", NULL, NULL, 0, G_MAXUINT, 0, both);
  props[PROP_PREPARED] =
    g_param_spec_boxed ("prepared", NULL, NULL, CNN_TYPE_PREPARED, readable);
  props[PROP_PREDICTION] =
    g_param_spec_boxed ("prediction", NULL, NULL, CNN_TYPE_PREDICTION, readable);
  props[PROP_ACTIVATIONS] =
    g_param_spec_boxed ("activations", NULL, NULL, CNN_TYPE_ACTIVATIONS, readable);
  props[PROP_LAYER_TENSOR] =
    g_param_spec_boxed ("layer-tensor", NULL, NULL, CNN_TYPE_TENSOR, readable);
  props[PROP_PICTURE_PROBLEM] =
    g_param_spec_string ("picture-problem", NULL, NULL, NULL, readable);
  props[PROP_ANSWER_PROBLEM] =
    g_param_spec_string ("answer-problem", NULL, NULL, NULL, readable);
  props[PROP_RUN] =
    g_param_spec_object ("run", NULL, NULL, CNN_TYPE_RUN, readable);
  props[PROP_EVALUATING] =
    g_param_spec_boolean ("evaluating", NULL, NULL, FALSE, readable);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
fovea_session_class_init (FoveaSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = fovea_session_get_property;
  object_class->set_property = fovea_session_set_property;
  object_class->dispose = fovea_session_dispose;
  object_class->finalize = fovea_session_finalize;

  install_properties (object_class);

  /**
   * FoveaSession::error:
   * @self: the session
   * @title: what did not work, in a few words
   * @body: why, and what can be done about it
   */
  signals[SIGNAL_ERROR] =
    g_signal_new ("error", FOVEA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);

  /**
   * FoveaSession::saved:
   * @self: the session
   * @file: the file that results were written to
   */
  signals[SIGNAL_SAVED] =
    g_signal_new ("saved", FOVEA_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, G_TYPE_FILE);
}

static void
fovea_session_init (FoveaSession *self)
{
  self->preset = g_strdup ("homework");
  self->recipe = *cnn_recipe_get_preset ("homework");
  self->crop_mode = CNN_CROPS_FIVE;
  self->class_filter = CNN_NO_LABEL;
  self->search = g_strdup ("");
  self->numbers = g_hash_table_new (NULL, NULL);
  self->matching_classes = g_array_new (FALSE, FALSE, sizeof (gboolean));

  fovea_session_add_runs (self);
  fovea_session_list_samples (self);
}

FoveaSession *
fovea_session_new (void)
{
  return g_object_new (FOVEA_TYPE_SESSION, NULL);
}

/**
 * fovea_session_stop:
 * @self: a session
 *
 * Cancels all that is going on. Jobs keep their session alive until they notice.
 */
void
fovea_session_stop (FoveaSession *self)
{
  for (guint i = 0; i < FOVEA_N_JOBS; i++)
    fovea_job_cancel (&self->jobs[i]);
  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_handle_id (&self->progress_timer, g_source_remove);
  if (self->runs != NULL)
    fovea_runs_pause (self->runs);
}
