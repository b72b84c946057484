#define G_LOG_DOMAIN "fovea-comparison-window"

#include "config.h"

#include "fovea-comparison-window.h"

#include <glib/gi18n.h>
#include <string.h>

/* So many pictures of each kind are listed. */
#define MAX_ROWS 500

/* Below this probability a difference is called more than chance. */
#define SIGNIFICANCE 0.05

struct _FoveaComparisonWindow
{
  AdwWindow parent_instance;

  CnnComparison *comparison;    /* owned */
};

G_DEFINE_FINAL_TYPE (FoveaComparisonWindow, fovea_comparison_window, ADW_TYPE_WINDOW)

static void
fovea_comparison_window_finalize (GObject *object)
{
  cnn_comparison_free (FOVEA_COMPARISON_WINDOW (object)->comparison);

  G_OBJECT_CLASS (fovea_comparison_window_parent_class)->finalize (object);
}

static void
fovea_comparison_window_class_init (FoveaComparisonWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = fovea_comparison_window_finalize;
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
fovea_comparison_window_init (FoveaComparisonWindow *self)
{
}

/* ---- The two runs ---- */

static char *
dup_about (CnnRun *run)
{
  const CnnRunSettings *settings = cnn_run_get_settings (run);

  return g_strdup_printf ("%s · %s", settings->recipe.name != NULL ? settings->recipe.name : _("own preparation"),
                          settings->crops == CNN_CROPS_FIVE ? _("five crops")
                          : settings->crops == CNN_CROPS_TEN ? _("ten crops") : _("centre crop"));
}

static GtkWidget *
new_label (const char *text,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);

  return label;
}

static GtkWidget *
new_side (CnnRun *run,
          guint   n_right,
          guint   n_common)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  g_autofree char *about = dup_about (run);
  g_autofree char *share = n_common > 0 ? g_strdup_printf (_("%.1f %%"), 100. * n_right / n_common)
                                        : g_strdup ("–");
  g_autofree char *count = g_strdup_printf (ngettext ("right about %u of %u picture",
                                                      "right about %u of %u pictures", n_common),
                                            n_right, n_common);

  gtk_widget_set_hexpand (box, TRUE);
  gtk_box_append (GTK_BOX (box), new_label (cnn_run_get_network (run), "heading"));
  gtk_box_append (GTK_BOX (box), new_label (about, "dim-label"));
  gtk_box_append (GTK_BOX (box), new_label (share, "title-1"));
  gtk_box_append (GTK_BOX (box), new_label (count, "caption"));

  return box;
}

static GtkWidget *
new_sides (const CnnComparison *comparison)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_box_append (GTK_BOX (box), new_side (comparison->first_run, comparison->n_both + comparison->n_first,
                                           comparison->n_common));
  gtk_box_append (GTK_BOX (box), new_side (comparison->second_run, comparison->n_both + comparison->n_second,
                                           comparison->n_common));

  return box;
}

/* McNemar's test in words. */
static char *
dup_verdict (const CnnComparison *comparison)
{
  int difference = (int) comparison->n_second - (int) comparison->n_first;
  guint n = ABS (difference);
  g_autofree char *more = NULL;

  if (comparison->n_common == 0)
    return g_strdup (_("The runs have no pictures in common."));
  if (difference == 0)
    return g_strdup (_("Both are right equally often."));

  more = g_strdup_printf (difference > 0 ? _("The second is right %u times more of %u")
                                         : _("The first is right %u times more of %u"),
                          n, comparison->n_common);

  /* Translators: the first part is such as "The second is right 7 times more of 250"; p is a probability */
  return g_strdup_printf (comparison->p_value > SIGNIFICANCE ? _("%s: that could be chance, p = %.3f.")
                                                             : _("%s: that is hardly chance, p = %.3f."),
                          more, comparison->p_value);
}

/* ---- The pictures ---- */

static char *
dup_class_name (CnnRun *run,
                guint   index)
{
  GListModel *classes = cnn_run_get_classes (run);

  for (guint i = 0; i < g_list_model_get_n_items (classes); i++)
    {
      g_autoptr (CnnClassStatistics) statistics = g_list_model_get_item (classes, i);
      const char *name = cnn_class_statistics_get_name (statistics);

      if (cnn_class_statistics_get_index (statistics) == index && name != NULL)
        return g_strndup (name, strcspn (name, ","));
    }

  /* Translators: a class of which only the number is known */
  return g_strdup_printf (_("class %u"), index);
}

static GtkWidget *
new_row (CnnRun                *run,
         const CnnFlip         *flip,
         const CnnSampleResult *wrong)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *name = g_filename_display_name (flip->file);
  g_autofree char *right = dup_class_name (run, wrong->label);
  g_autofree char *taken = dup_class_name (run, wrong->prediction);
  g_autofree char *subtitle = g_strdup_printf (_("%s, taken for %s"), right, taken);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", flip->file);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-sample");

  return row;
}

static GtkWidget *
new_group (const CnnComparison *comparison,
           const char          *title,
           GArray              *flips)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *expander = adw_expander_row_new ();
  g_autofree char *subtitle = g_strdup_printf (ngettext ("%u picture", "%u pictures", flips->len), flips->len);
  gboolean is_first = flips == comparison->first_flips;

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (expander), title);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (expander), subtitle);
  gtk_widget_set_sensitive (expander, flips->len > 0);
  for (guint i = 0; i < MIN (flips->len, MAX_ROWS); i++)
    {
      const CnnFlip *flip = &g_array_index (flips, CnnFlip, i);

      adw_expander_row_add_row (ADW_EXPANDER_ROW (expander),
                                new_row (comparison->first_run, flip, is_first ? flip->second : flip->first));
    }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), expander);

  return group;
}

static GtkWidget *
new_content (const CnnComparison *comparison)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *window = gtk_scrolled_window_new ();
  g_autofree char *verdict = dup_verdict (comparison);
  GtkWidget *label = gtk_label_new (verdict);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), new_sides (comparison));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), new_group (comparison, _("Only the first is right"), comparison->first_flips));
  gtk_box_append (GTK_BOX (box), new_group (comparison, _("Only the second is right"), comparison->second_flips));
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);

  adw_clamp_set_child (ADW_CLAMP (clamp), box);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), clamp);
  gtk_widget_set_vexpand (window, TRUE);

  return window;
}

/**
 * fovea_comparison_window_new:
 * @parent: the window that it belongs to
 * @comparison: (transfer full): what it shows
 *
 * Returns: (transfer none): a window
 */
GtkWidget *
fovea_comparison_window_new (GtkWindow     *parent,
                             CnnComparison *comparison)
{
  FoveaComparisonWindow *self = g_object_new (FOVEA_TYPE_COMPARISON_WINDOW,
                                              "transient-for", parent,
                                              "title", _("Comparison"),
                                              "default-width", 560,
                                              "default-height", 620,
                                              NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->comparison = comparison;
  gtk_widget_insert_action_group (GTK_WIDGET (self), "win", G_ACTION_GROUP (parent));
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), new_content (comparison));
  adw_window_set_content (ADW_WINDOW (self), box);

  return GTK_WIDGET (self);
}
