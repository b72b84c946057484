#define G_LOG_DOMAIN "fovea-runs-group"

#include "config.h"

#include "fovea-runs-group.h"

#include <glib/gi18n.h>

/* The list scrolls by itself beyond this height. */
#define MAX_HEIGHT 320

struct _FoveaRunsGroup
{
  AdwPreferencesGroup parent_instance;

  FoveaRuns *runs;              /* owned */

  /* Widgets, which the group has. */
  GtkWidget *list_box;
};

G_DEFINE_FINAL_TYPE (FoveaRunsGroup, fovea_runs_group, ADW_TYPE_PREFERENCES_GROUP)

/* ---- A row ---- */

static const char *
get_crops_name (const FoveaStoredRun *run)
{
  if (g_strcmp0 (run->crops, "five") == 0)
    return _("five crops");
  if (g_strcmp0 (run->crops, "ten") == 0)
    return _("ten crops");

  return _("centre crop");
}

static char *
dup_date (const FoveaStoredRun *run)
{
  g_autoptr (GDateTime) created = g_date_time_new_from_unix_local (run->created);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  gboolean is_today;

  if (created == NULL)
    return g_strdup ("");

  is_today = g_date_time_get_year (created) == g_date_time_get_year (now) &&
             g_date_time_get_day_of_year (created) == g_date_time_get_day_of_year (now);

  /* Translators: a time of today, and a date, as for strftime() */
  return g_date_time_format (created, is_today ? _("%H:%M") : _("%-d %b %Y"));
}

static char *
dup_subtitle (const FoveaStoredRun *run)
{
  const CnnRunSummary *summary = &run->summary;
  GString *text = g_string_new (NULL);
  g_autofree char *date = dup_date (run);

  g_string_append_printf (text, "%s · %s", date, get_crops_name (run));
  if (run->preset != NULL && g_strcmp0 (run->preset, "homework") != 0)
    g_string_append_printf (text, " · %s", run->preset);
  if (run->n_shards > 1)
    /* Translators: one part of a run that was divided, as in "part 2 of 8" */
    g_string_append_printf (text, _(" · part %u of %u"), run->shard + 1, run->n_shards);
  if (run->is_running)
    return g_string_free (text, FALSE);

  g_string_append (text, " · ");
  if (summary->n_done < summary->n_total)
    g_string_append_printf (text, ngettext ("%u of %u picture", "%u of %u pictures", summary->n_total),
                            summary->n_done, summary->n_total);
  else
    g_string_append_printf (text, ngettext ("%u picture", "%u pictures", summary->n_total),
                            summary->n_total);

  return g_string_free (text, FALSE);
}

static GtkWidget *
new_figure (const FoveaStoredRun *run)
{
  const CnnRunSummary *summary = &run->summary;
  g_autofree char *text = NULL;
  GtkWidget *label;

  if (run->is_running)
    {
      GtkWidget *spinner = gtk_spinner_new ();

      gtk_spinner_start (GTK_SPINNER (spinner));
      gtk_widget_set_tooltip_text (spinner, _("Goes On"));
      return spinner;
    }

  text = summary->n_scored > 0
         ? g_strdup_printf (_("%.1f %%"), 100. * summary->n_correct / summary->n_scored) : g_strdup ("–");
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_set_tooltip_text (label, _("Top-1 accuracy"));

  return label;
}

static void
append_item (GMenu      *menu,
             const char *label,
             const char *action,
             gint64      id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, g_variant_new_int64 (id));
  g_menu_append_item (menu, item);
}

static GtkWidget *
new_menu_button (const FoveaStoredRun *run)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  GtkWidget *button = gtk_menu_button_new ();

  append_item (menu, _("_Compare With Shown Run"), "win.compare-run", run->id);
  append_item (menu, _("_Rename…"), "win.rename-run", run->id);
  append_item (menu, _("_Delete"), "win.delete-run", run->id);

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "view-more-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _("Menu"));
  gtk_widget_add_css_class (button, "flat");

  return button;
}

static gboolean
is_shown (FoveaRunsGroup       *self,
          const FoveaStoredRun *run)
{
  return run->id == fovea_runs_get_run_id (self->runs);
}

static GtkWidget *
create_row (gpointer object,
            gpointer data)
{
  FoveaRunsGroup *self = data;
  const FoveaStoredRun *run = fovea_run_item_get (object);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *mark = gtk_image_new_from_icon_name ("object-select-symbolic");
  g_autofree char *subtitle = dup_subtitle (run);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), run->name);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_tooltip_text (row, run->model);

  gtk_widget_set_visible (mark, is_shown (self, run));
  gtk_widget_set_tooltip_text (mark, _("Shown"));
  g_object_set_data (G_OBJECT (row), "mark", mark);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), mark);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_figure (run));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_menu_button (run));

  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "x", run->id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.open-run");

  return row;
}

/* ---- The list ---- */

static void
run_cb (FoveaRunsGroup *self)
{
  GListModel *list = fovea_runs_get_list (self->runs);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (FoveaRunItem) item = g_list_model_get_item (list, i);
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list_box), i);

      if (row != NULL)
        gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "mark"),
                                is_shown (self, fovea_run_item_get (item)));
    }
}

static void
items_cb (FoveaRunsGroup *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self),
                          g_list_model_get_n_items (fovea_runs_get_list (self->runs)) > 0);
}

static void
fovea_runs_group_dispose (GObject *object)
{
  g_clear_object (&FOVEA_RUNS_GROUP (object)->runs);

  G_OBJECT_CLASS (fovea_runs_group_parent_class)->dispose (object);
}

static void
fovea_runs_group_class_init (FoveaRunsGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fovea_runs_group_dispose;
}

static void
fovea_runs_group_init (FoveaRunsGroup *self)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  self->list_box = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list_box), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list_box, "boxed-list");
  gtk_widget_set_valign (self->list_box, GTK_ALIGN_START);

  /* Room for the shadow, which the scrolled window would cut off. */
  gtk_widget_set_margin_top (self->list_box, 2);
  gtk_widget_set_margin_bottom (self->list_box, 4);
  gtk_widget_set_margin_start (self->list_box, 2);
  gtk_widget_set_margin_end (self->list_box, 2);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), self->list_box);

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _("Runs"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), window);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * fovea_runs_group_set_runs:
 * @self: a group without runs
 * @runs: the runs that it lists
 */
void
fovea_runs_group_set_runs (FoveaRunsGroup *self,
                           FoveaRuns      *runs)
{
  g_return_if_fail (self->runs == NULL);

  self->runs = g_object_ref (runs);
  gtk_list_box_bind_model (GTK_LIST_BOX (self->list_box), fovea_runs_get_list (runs), create_row, self, NULL);
  g_signal_connect_object (runs, "notify::run", G_CALLBACK (run_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (fovea_runs_get_list (runs), "items-changed", G_CALLBACK (items_cb), self,
                           G_CONNECT_SWAPPED);
  items_cb (self);
}
