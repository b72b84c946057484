#define G_LOG_DOMAIN "fovea-window-actions"

#include "config.h"

#include "fovea-window-private.h"

/* Every action can be called by another program over D-Bus, with whatever it
 * likes: what makes no sense changes nothing. Those with a state are the
 * session's properties seen from outside. */

/* ---- Opening ---- */

static void
open_folder_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  fovea_window_choose_folder (data);
}

static void
open_model_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  fovea_window_choose_model (data);
}

static void
cancel_opening_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  FoveaWindow *self = data;

  fovea_session_cancel_opening (self->session);
}

/* ---- The window ---- */

static void
fullscreen_cb (GSimpleAction *action,
               GVariant      *state,
               gpointer       data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (data);
  else
    gtk_window_unfullscreen (data);
}

static void
page_cb (GSimpleAction *action,
         GVariant      *state,
         gpointer       data)
{
  if (fovea_page_is_known (g_variant_get_string (state, NULL)))
    fovea_window_set_page (data, g_variant_get_string (state, NULL));
}

static void
side_panel_cb (GSimpleAction *action,
               GVariant      *state,
               gpointer       data)
{
  FoveaWindow *self = data;

  fovea_explore_page_set_side_panel (self->explore_page, g_variant_get_boolean (state));
}

static void
back_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  FoveaWindow *self = data;

  fovea_explore_page_go_back (self->explore_page);
}

/* ---- Pictures ---- */

static void
choose_position (FoveaWindow *self,
                 gint64       position)
{
  GtkSingleSelection *selection = fovea_session_get_selection (self->session);

  if (position >= 0 && position < g_list_model_get_n_items (G_LIST_MODEL (selection)))
    gtk_single_selection_set_selected (selection, position);
}

static void
sample_cb (GSimpleAction *action,
           GVariant      *state,
           gpointer       data)
{
  choose_position (data, g_variant_get_int32 (state));
}

static void
step_sample (FoveaWindow *self,
             int          step)
{
  GtkSingleSelection *selection = fovea_session_get_selection (self->session);
  guint selected = gtk_single_selection_get_selected (selection);

  if (selected != GTK_INVALID_LIST_POSITION)
    choose_position (self, (gint64) selected + step);
}

static void
next_sample_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  step_sample (data, 1);
}

static void
previous_sample_cb (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       data)
{
  step_sample (data, -1);
}

static void
class_filter_cb (GSimpleAction *action,
                 GVariant      *state,
                 gpointer       data)
{
  FoveaWindow *self = data;

  fovea_session_set_class_filter (self->session, MAX (g_variant_get_int32 (state), CNN_NO_LABEL));
}

static void
clear_filter_cb (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  FoveaWindow *self = data;

  fovea_session_set_class_filter (self->session, CNN_NO_LABEL);
  fovea_session_set_search (self->session, "");
}

static void
search_cb (GSimpleAction *action,
           GVariant      *parameter,
           gpointer       data)
{
  FoveaWindow *self = data;

  fovea_window_set_page (self, "explore");
  fovea_explore_page_search (self->explore_page);
}

/* Whether there is text that a person has marked to be copied. */
static gboolean
has_marked_text (GtkWidget *widget)
{
  return (GTK_IS_EDITABLE (widget) &&
          gtk_editable_get_selection_bounds (GTK_EDITABLE (widget), NULL, NULL)) ||
         (GTK_IS_LABEL (widget) &&
          gtk_label_get_selection_bounds (GTK_LABEL (widget), NULL, NULL));
}

static void
copy_cb (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       data)
{
  FoveaWindow *self = data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus != NULL && has_marked_text (focus))
    gtk_widget_activate_action (focus, "clipboard.copy", NULL);
  else
    fovea_explore_page_copy (self->explore_page);
}

/* ---- Crops and layers ---- */

static void
choose_crop (FoveaWindow *self,
             int          crop)
{
  int n = cnn_crop_mode_get_n_crops (fovea_session_get_crop_mode (self->session));

  if (crop >= CNN_MEAN_OF_CROPS && crop < n)
    fovea_session_set_crop (self->session, crop);
}

static void
crop_cb (GSimpleAction *action,
         GVariant      *state,
         gpointer       data)
{
  choose_crop (data, g_variant_get_int32 (state));
}

static void
next_crop_cb (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       data)
{
  FoveaWindow *self = data;

  choose_crop (self, fovea_session_get_crop (self->session) + 1);
}

static void
previous_crop_cb (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       data)
{
  FoveaWindow *self = data;

  choose_crop (self, fovea_session_get_crop (self->session) - 1);
}

static void
crop_mode_cb (GSimpleAction *action,
              GVariant      *state,
              gpointer       data)
{
  FoveaWindow *self = data;
  CnnCropMode mode;

  if (cnn_crop_mode_parse (g_variant_get_string (state, NULL), &mode))
    fovea_session_set_crop_mode (self->session, mode);
}

static void
preset_cb (GSimpleAction *action,
           GVariant      *state,
           gpointer       data)
{
  FoveaWindow *self = data;

  fovea_session_set_preset (self->session, g_variant_get_string (state, NULL));
}

static void
edit_recipe_cb (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       data)
{
  fovea_window_edit_recipe (data);
}

static void
close_recipe_bar_cb (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       data)
{
  fovea_window_close_recipe_bar (data);
}

static void
layer_cb (GSimpleAction *action,
          GVariant      *state,
          gpointer       data)
{
  FoveaWindow *self = data;
  const char *name = g_variant_get_string (state, NULL);

  if (*name != '\0')
    fovea_session_choose_layer (self->session, name);
}

static void
step_layer (FoveaWindow *self,
            int          step)
{
  CnnNetwork *network = fovea_session_get_network (self->session);
  gint64 layer = (gint64) fovea_session_get_layer (self->session) + step;

  if (network != NULL && layer >= 0 && layer < cnn_network_get_n_layers (network))
    fovea_session_set_layer (self->session, layer);
}

static void
next_layer_cb (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       data)
{
  step_layer (data, 1);
}

static void
previous_layer_cb (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       data)
{
  step_layer (data, -1);
}

/* ---- The evaluation ---- */

static void
evaluate_cb (GSimpleAction *action,
             GVariant      *state,
             gpointer       data)
{
  FoveaWindow *self = data;

  if (!g_variant_get_boolean (state))
    fovea_session_pause_evaluation (self->session);
  else if (!fovea_session_get_evaluating (self->session))
    fovea_evaluate_page_start (self->evaluate_page);
}

static void
evaluate_crops_cb (GSimpleAction *action,
                   GVariant      *state,
                   gpointer       data)
{
  FoveaWindow *self = data;
  CnnCropMode mode;

  if (cnn_crop_mode_parse (g_variant_get_string (state, NULL), &mode))
    fovea_evaluate_page_set_crop_mode (self->evaluate_page, mode);
}

static void
evaluate_limit_cb (GSimpleAction *action,
                   GVariant      *state,
                   gpointer       data)
{
  FoveaWindow *self = data;

  fovea_evaluate_page_set_limit (self->evaluate_page, MAX (g_variant_get_int32 (state), 0));
}

static void
save_results_cb (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       data)
{
  fovea_window_choose_results (data);
}

/* For programs, which need no dialog to name a file. */
static void
save_results_to_cb (GSimpleAction *action,
                    GVariant      *parameter,
                    gpointer       data)
{
  FoveaWindow *self = data;
  g_autoptr (GFile) file = g_file_new_for_path (g_variant_get_string (parameter, NULL));

  fovea_session_save_results (self->session, file);
}

/* ---- All of them ---- */

static const GActionEntry actions[] = {
  { "open-folder", open_folder_cb },
  { "open-model", open_model_cb },
  { "cancel-opening", cancel_opening_cb },

  { "fullscreen", NULL, NULL, "false", fullscreen_cb },
  { "page", NULL, "s", "'explore'", page_cb },
  { "side-panel", NULL, NULL, "true", side_panel_cb },
  { "back", back_cb },

  { "sample", NULL, "i", "-1", sample_cb },
  { "next-sample", next_sample_cb },
  { "previous-sample", previous_sample_cb },
  { "class-filter", NULL, "i", "-1", class_filter_cb },
  { "clear-filter", clear_filter_cb },
  { "search", search_cb },
  { "copy", copy_cb },

  { "crop", NULL, "i", "0", crop_cb },
  { "next-crop", next_crop_cb },
  { "previous-crop", previous_crop_cb },
  { "crop-mode", NULL, "s", "'five'", crop_mode_cb },
  { "preset", NULL, "s", "'homework'", preset_cb },
  { "edit-recipe", edit_recipe_cb },
  { "close-recipe-bar", close_recipe_bar_cb },
  { "layer", NULL, "s", "''", layer_cb },
  { "next-layer", next_layer_cb },
  { "previous-layer", previous_layer_cb },

  { "evaluate", NULL, NULL, "false", evaluate_cb },
  { "evaluate-crops", NULL, "s", "'center'", evaluate_crops_cb },
  { "evaluate-limit", NULL, "i", "0", evaluate_limit_cb },
  { "save-results", save_results_cb },
  { "save-results-to", save_results_to_cb, "s" },
};

void
fovea_window_install_actions (FoveaWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  fovea_window_install_run_actions (self);
}

static GSimpleAction *
get_action (FoveaWindow *self,
            const char  *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), name));
}

static void
set_state (FoveaWindow *self,
           const char  *name,
           GVariant    *state)
{
  g_simple_action_set_state (get_action (self, name), state);
}

static void
set_enabled (FoveaWindow *self,
             const char  *name,
             gboolean     enabled)
{
  g_simple_action_set_enabled (get_action (self, name), enabled);
}

static const char *
get_layer_name (FoveaSession *session)
{
  CnnNetwork *network = fovea_session_get_network (session);

  if (network == NULL)
    return "";

  return cnn_layer_get_name (cnn_network_get_layer (network, fovea_session_get_layer (session)));
}

/* Brings states and sensitivity up to date with all that they depend on. */
void
fovea_window_update_actions (FoveaWindow *self)
{
  FoveaSession *session = self->session;
  gboolean has_sample = fovea_session_get_sample (session) != NULL;
  gboolean has_network = fovea_session_get_network (session) != NULL;
  gboolean evaluating = fovea_session_get_evaluating (session);
  FoveaRuns *runs = fovea_session_get_runs (session);
  gboolean has_results = fovea_session_get_run (session) != NULL && !fovea_runs_is_shown_going_on (runs);
  gboolean is_filtered = fovea_session_get_class_filter (session) >= 0 ||
                         *fovea_session_get_search (session) != '\0';
  guint selected = gtk_single_selection_get_selected (fovea_session_get_selection (session));

  set_state (self, "fullscreen",
             g_variant_new_boolean (gtk_window_is_fullscreen (GTK_WINDOW (self))));
  set_state (self, "page", g_variant_new_string (fovea_window_get_page (self)));
  set_state (self, "side-panel",
             g_variant_new_boolean (fovea_explore_page_get_side_panel (self->explore_page)));
  set_state (self, "sample",
             g_variant_new_int32 (selected == GTK_INVALID_LIST_POSITION ? -1 : (int) selected));
  set_state (self, "class-filter", g_variant_new_int32 (fovea_session_get_class_filter (session)));
  set_state (self, "crop", g_variant_new_int32 (fovea_session_get_crop (session)));
  set_state (self, "crop-mode",
             g_variant_new_string (cnn_crop_mode_get_name (fovea_session_get_crop_mode (session))));
  set_state (self, "preset", g_variant_new_string (fovea_session_get_preset (session)));
  set_state (self, "layer", g_variant_new_string (get_layer_name (session)));
  set_state (self, "evaluate", g_variant_new_boolean (evaluating));
  set_state (self, "evaluate-crops",
             g_variant_new_string (cnn_crop_mode_get_name (
               fovea_evaluate_page_get_crop_mode (self->evaluate_page))));
  set_state (self, "evaluate-limit",
             g_variant_new_int32 (fovea_evaluate_page_get_limit (self->evaluate_page)));

  set_enabled (self, "cancel-opening", fovea_session_get_network_loading (session));
  set_enabled (self, "back", fovea_explore_page_can_go_back (self->explore_page));
  set_enabled (self, "next-sample", has_sample);
  set_enabled (self, "previous-sample", has_sample);
  set_enabled (self, "clear-filter", is_filtered);
  set_enabled (self, "copy", fovea_session_get_prepared (session) != NULL);
  set_enabled (self, "next-layer", has_network);
  set_enabled (self, "previous-layer", has_network);
  set_enabled (self, "evaluate", evaluating || fovea_session_can_evaluate (session));
  set_enabled (self, "resume", fovea_session_can_resume (session));
  set_enabled (self, "compare-run", fovea_runs_get_run_id (runs) != FOVEA_NO_RUN);
  set_enabled (self, "save-results", has_results);
  set_enabled (self, "save-results-to", has_results);
}
