#define G_LOG_DOMAIN "fovea-window-bars"

#include "config.h"

#include "fovea-window-private.h"

#include <glib/gi18n.h>

#include "fovea-recipe-text.h"

/* What is opened sooner than that needs no bar. */
#define PATIENCE_MS 300

/* ---- A model that takes its time ---- */

static void
show_progress (FoveaWindow *self)
{
  static const char *const texts[] = {
    /* Translators: %s is a file */
    [CNN_PHASE_READING] = N_("Reading %s…"),
    [CNN_PHASE_CHECKING] = N_("Checking %s…"),
    [CNN_PHASE_PLANNING] = N_("Preparing %s…"),
  };
  FoveaSession *session = self->session;
  g_autofree char *name = fovea_session_dup_opening_name (session);
  g_autofree char *text = NULL;

  if (name == NULL)
    return;

  text = g_strdup_printf (_(texts[fovea_session_get_opening_phase (session)]), name);
  gtk_label_set_text (self->opening_label, text);
  gtk_progress_bar_set_fraction (self->opening_progress, fovea_session_get_opening_fraction (session));
}

static gboolean
patience_cb (gpointer data)
{
  FoveaWindow *self = data;

  self->opening_patience = 0;
  show_progress (self);
  gtk_revealer_set_reveal_child (self->opening_bar, TRUE);

  return G_SOURCE_REMOVE;
}

static void
opening_cb (FoveaWindow *self)
{
  gboolean is_opening = fovea_session_get_network_loading (self->session);

  if (is_opening && self->opening_patience == 0 && !gtk_revealer_get_reveal_child (self->opening_bar))
    self->opening_patience = g_timeout_add (PATIENCE_MS, patience_cb, self);

  if (!is_opening)
    {
      g_clear_handle_id (&self->opening_patience, g_source_remove);
      gtk_revealer_set_reveal_child (self->opening_bar, FALSE);
    }
}

/* ---- A model that wants other pictures ---- */

static void
recipe_cb (FoveaWindow *self)
{
  CnnModelCard *card = fovea_session_get_card (self->session);
  const CnnRecipe *own = card != NULL ? cnn_model_card_get_recipe (card) : NULL;
  gboolean is_wrong = own != NULL && !fovea_session_suits_model (self->session);

  if (is_wrong)
    {
      g_autofree char *wanted = fovea_recipe_dup_text (own);
      /* Translators: how pictures should be prepared, and who says so: a file or an architecture */
      g_autofree char *text = g_strdup_printf (_("Answers may be wrong: this model wants %s (%s)"), wanted,
                                               cnn_model_card_get_source (card));

      gtk_label_set_text (self->recipe_label, text);
    }

  gtk_revealer_set_reveal_child (self->recipe_bar, is_wrong && !self->recipe_bar_closed);
}

/* Another model may be told about again. */
static void
card_cb (FoveaWindow *self)
{
  self->recipe_bar_closed = FALSE;
  recipe_cb (self);
}

/**
 * fovea_window_close_recipe_bar:
 * @self: a window
 *
 * Says no more of how the model that is open wants its pictures.
 */
void
fovea_window_close_recipe_bar (FoveaWindow *self)
{
  self->recipe_bar_closed = TRUE;
  recipe_cb (self);
}

void
fovea_window_connect_bars (FoveaWindow *self)
{
  const struct { const char *signal; GCallback callback; } signals[] = {
    { "notify::network-loading", G_CALLBACK (opening_cb) },
    { "notify::opening-fraction", G_CALLBACK (show_progress) },
    { "notify::card", G_CALLBACK (card_cb) },
    { "notify::recipe", G_CALLBACK (recipe_cb) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_swapped (self->session, signals[i].signal, signals[i].callback, self);
}

void
fovea_window_clear_bars (FoveaWindow *self)
{
  g_clear_handle_id (&self->opening_patience, g_source_remove);
}
