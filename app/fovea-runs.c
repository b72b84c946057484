#define G_LOG_DOMAIN "fovea-runs"

#include "config.h"

#include "fovea-runs-private.h"

#include <glib/gi18n.h>

enum
{
  PROP_0,
  PROP_RUN,
  PROP_EVALUATING,
  N_PROPS
};

enum
{
  SIGNAL_ERROR,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FoveaRuns, fovea_runs, G_TYPE_OBJECT)

static void
fovea_runs_get_property (GObject    *object,
                         guint       prop_id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  FoveaRuns *self = FOVEA_RUNS (object);

  switch (prop_id)
    {
    case PROP_RUN:
      g_value_set_object (value, self->run);
      break;
    case PROP_EVALUATING:
      g_value_set_boolean (value, fovea_runs_get_evaluating (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_runs_dispose (GObject *object)
{
  FoveaRuns *self = FOVEA_RUNS (object);

  fovea_runs_pause (self);
  g_clear_object (&self->run);
  g_clear_object (&self->evaluation);
  g_clear_object (&self->recorder);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (fovea_runs_parent_class)->dispose (object);
}

static void
fovea_runs_class_init (FoveaRunsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = fovea_runs_get_property;
  object_class->dispose = fovea_runs_dispose;

  props[PROP_RUN] = g_param_spec_object ("run", NULL, NULL, CNN_TYPE_RUN, readable);
  props[PROP_EVALUATING] = g_param_spec_boolean ("evaluating", NULL, NULL, FALSE, readable);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * FoveaRuns::error:
   * @self: the runs
   * @title: what did not work, in a few words
   * @error: a #GError: why
   */
  signals[SIGNAL_ERROR] =
    g_signal_new ("error", FOVEA_TYPE_RUNS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
}

static void
fovea_runs_init (FoveaRuns *self)
{
  self->list = g_list_store_new (FOVEA_TYPE_RUN_ITEM);
}

FoveaRuns *
fovea_runs_new (void)
{
  return g_object_new (FOVEA_TYPE_RUNS, NULL);
}

/**
 * fovea_runs_get_run:
 * @self: the runs
 *
 * Returns: (nullable): the run that is shown
 */
CnnRun *
fovea_runs_get_run (FoveaRuns *self)
{
  return self->run;
}

/**
 * fovea_runs_get_run_id:
 * @self: the runs
 *
 * Returns: the number of the run that is shown, or %FOVEA_NO_RUN where it is not
 *   kept
 */
gint64
fovea_runs_get_run_id (FoveaRuns *self)
{
  return self->run_id;
}

gboolean
fovea_runs_get_evaluating (FoveaRuns *self)
{
  return self->cancellable != NULL;
}

/**
 * fovea_runs_is_shown_going_on:
 * @self: the runs
 *
 * Returns: whether the run that is shown is the one that goes on
 */
gboolean
fovea_runs_is_shown_going_on (FoveaRuns *self)
{
  return self->cancellable != NULL && self->run != NULL &&
         self->run == cnn_evaluation_get_run (self->evaluation);
}

/**
 * fovea_runs_get_list:
 * @self: the runs
 *
 * Returns: (transfer none): the runs that are kept, as [class@RunItem], the
 *   newest first; see fovea_runs_refresh()
 */
GListModel *
fovea_runs_get_list (FoveaRuns *self)
{
  return G_LIST_MODEL (self->list);
}

/* Instead of what was shown, or was about to be. */
void
fovea_runs_show (FoveaRuns *self,
                 CnnRun    *run,
                 gint64     id)
{
  self->open_serial++;
  self->run_id = id;
  if (g_set_object (&self->run, run))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN]);
}

void
fovea_runs_tell (FoveaRuns    *self,
                 const char   *title,
                 const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_ERROR], 0, title, error);
}

/* ---- The run that goes on ---- */

/* From nothing to evaluating and back:
 *
 *   begin (thread) ─► evaluation (its own threads) ─► finish (thread) */

static void
end (FoveaRuns *self)
{
  g_clear_object (&self->recorder);
  g_clear_object (&self->cancellable);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EVALUATING]);
  fovea_runs_refresh (self);
}

static void
finish_thread (GTask        *task,
               gpointer      source,
               gpointer      recorder,
               GCancellable *cancellable)
{
  GError *error = NULL;

  if (fovea_run_recorder_finish (recorder, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
finish_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  FoveaRuns *self = FOVEA_RUNS (source);
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    fovea_runs_tell (self, _("Not all results could be kept"), error);
  end (self);
}

static void
evaluation_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (FoveaRuns) self = data;
  g_autoptr (GTask) task = NULL;
  g_autoptr (GError) error = NULL;

  if (!cnn_evaluation_run_finish (CNN_EVALUATION (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fovea_runs_tell (self, _("The evaluation stopped"), error);

  if (self->recorder == NULL)
    {
      end (self);
      return;
    }

  task = g_task_new (self, NULL, finish_cb, NULL);
  g_task_set_task_data (task, g_object_ref (self->recorder), g_object_unref);
  g_task_run_in_thread (task, finish_thread);
}

/* What cannot be kept had better not be computed: it is paused. */
static void
store_failed_cb (FoveaRuns *self)
{
  fovea_runs_pause (self);
}

static void
run (FoveaRuns *self)
{
  if (self->recorder != NULL)
    {
      g_signal_connect_object (self->recorder, "failed", G_CALLBACK (store_failed_cb), self,
                               G_CONNECT_SWAPPED);
      fovea_run_recorder_start (self->recorder);
    }

  cnn_evaluation_run_async (self->evaluation, self->cancellable, evaluation_cb, g_object_ref (self));
  fovea_runs_refresh (self);
}

/* What is to be begun. */
typedef struct
{
  CnnEvaluation *evaluation;
  gboolean resume;
  gint64 wanted;
} Beginning;

static void
beginning_free (gpointer data)
{
  Beginning *beginning = data;

  g_object_unref (beginning->evaluation);
  g_free (beginning);
}

static void
begin_thread (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  Beginning *beginning = data;
  GError *error = NULL;
  FoveaRunRecorder *recorder =
    fovea_run_recorder_begin (NULL, beginning->evaluation, beginning->resume, beginning->wanted,
                              cancellable, &error);

  if (recorder != NULL)
    g_task_return_pointer (task, recorder, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
begin_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  FoveaRuns *self = FOVEA_RUNS (source);
  Beginning *beginning = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  FoveaRunRecorder *recorder = g_task_propagate_pointer (G_TASK (result), &error);

  if (recorder == NULL && (beginning->resume || g_cancellable_is_cancelled (self->cancellable)))
    {
      fovea_runs_tell (self, _("The run cannot go on"), error);
      end (self);
      return;
    }

  if (recorder == NULL)
    fovea_runs_tell (self, _("This run is not kept"), error);
  else if (fovea_run_recorder_get_aside (recorder) != NULL)
    {
      g_autoptr (GError) aside =
        g_error_new (G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the file is now %s",
                     fovea_run_recorder_get_aside (recorder));

      fovea_runs_tell (self, _("Earlier runs could not be read"), aside);
    }

  self->recorder = recorder;
  if (beginning->resume)
    fovea_runs_show (self, cnn_evaluation_get_run (self->evaluation), fovea_run_recorder_get_id (recorder));
  else if (recorder != NULL && fovea_runs_is_shown_going_on (self))
    {
      /* It is shown already, and has a number now. */
      self->run_id = fovea_run_recorder_get_id (recorder);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUN]);
    }
  run (self);
}

static void
begin (FoveaRuns     *self,
       CnnEvaluation *evaluation,
       gboolean       resume,
       gint64         wanted)
{
  Beginning *beginning = g_new (Beginning, 1);
  g_autoptr (GTask) task = NULL;

  g_set_object (&self->evaluation, evaluation);
  self->cancellable = g_cancellable_new ();
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_EVALUATING]);

  beginning->evaluation = g_object_ref (evaluation);
  beginning->resume = resume;
  beginning->wanted = wanted;
  task = g_task_new (self, self->cancellable, begin_cb, NULL);
  g_task_set_task_data (task, beginning, beginning_free);
  g_task_run_in_thread (task, begin_thread);
}

/**
 * fovea_runs_start:
 * @self: runs of which none goes on
 * @evaluation: what to run
 *
 * Starts a run, which is shown then, and keeps what it finds.
 */
void
fovea_runs_start (FoveaRuns     *self,
                  CnnEvaluation *evaluation)
{
  g_return_if_fail (!fovea_runs_get_evaluating (self));

  fovea_runs_show (self, cnn_evaluation_get_run (evaluation), FOVEA_NO_RUN);
  begin (self, evaluation, FALSE, FOVEA_NO_RUN);
}

/**
 * fovea_runs_resume:
 * @self: runs of which none goes on
 * @evaluation: the model and the pictures of the run that is shown, with its
 *   settings
 *
 * Goes on with the run that is shown, where it is kept.
 */
void
fovea_runs_resume (FoveaRuns     *self,
                   CnnEvaluation *evaluation)
{
  g_return_if_fail (!fovea_runs_get_evaluating (self));
  g_return_if_fail (self->run_id != FOVEA_NO_RUN);

  begin (self, evaluation, TRUE, self->run_id);
}

/**
 * fovea_runs_pause:
 * @self: the runs
 *
 * Ends the run that goes on early. What it found is kept, and it can go on.
 */
void
fovea_runs_pause (FoveaRuns *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}
