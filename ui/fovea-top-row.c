#define G_LOG_DOMAIN "fovea-top-row"

#include "fovea-top-row.h"

#include <glib/gi18n.h>

#include "fovea-format.h"
#include "fovea-tooltip.h"

struct _FoveaTopRow
{
  GtkListBoxRow parent_instance;

  /* Template Widgets */
  GtkLabel *rank_label;
  GtkLabel *class_label;
  GtkWidget *true_box;
  GtkLabel *percent_label;
  GtkLevelBar *level_bar;
};

G_DEFINE_FINAL_TYPE (FoveaTopRow, fovea_top_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_rank (FoveaTopRow *self,
          guint        rank)
{
  g_autofree char *text = g_strdup_printf ("%u", rank);

  gtk_label_set_text (self->rank_label, text);
}

static void
set_accessible_label (FoveaTopRow *self,
                      const char  *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
fovea_top_row_class_init (FoveaTopRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-top-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaTopRow, rank_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaTopRow, class_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaTopRow, true_box);
  gtk_widget_class_bind_template_child (widget_class, FoveaTopRow, percent_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaTopRow, level_bar);
}

static void
fovea_top_row_init (FoveaTopRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  /* A small probability is no warning, and a large one no success. */
  gtk_level_bar_remove_offset_value (self->level_bar, GTK_LEVEL_BAR_OFFSET_LOW);
  gtk_level_bar_remove_offset_value (self->level_bar, GTK_LEVEL_BAR_OFFSET_HIGH);
  gtk_level_bar_remove_offset_value (self->level_bar, GTK_LEVEL_BAR_OFFSET_FULL);
}

/**
 * fovea_top_row_new:
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
fovea_top_row_new (void)
{
  return g_object_new (FOVEA_TYPE_TOP_ROW, NULL);
}

/**
 * fovea_top_row_set:
 * @rank: the place, from 1
 * @class_name: the class, in short
 * @full_name: the class with all its names
 * @probability: how probable the network holds it
 * @is_true: whether it is the true class
 */
void
fovea_top_row_set (FoveaTopRow *self,
                   guint        rank,
                   const char  *class_name,
                   const char  *full_name,
                   double       probability,
                   gboolean     is_true)
{
  g_autofree char *percent = fovea_format_percent (probability);
  g_autofree char *label = NULL;

  g_return_if_fail (FOVEA_IS_TOP_ROW (self));

  set_rank (self, rank);
  gtk_label_set_text (self->class_label, class_name);
  gtk_label_set_text (self->percent_label, percent);
  gtk_level_bar_set_value (self->level_bar, probability > 0 ? MIN (probability, 1) : 0);
  gtk_widget_set_visible (self->true_box, is_true);
  fovea_tooltip_set (GTK_WIDGET (self), full_name);
  gtk_widget_remove_css_class (GTK_WIDGET (self), "waiting");

  label = g_strdup_printf (is_true ? _("%u: %s, %s, the true class") : _("%u: %s, %s"),
                           rank, class_name, percent);
  set_accessible_label (self, label);
}

/**
 * fovea_top_row_clear:
 * @rank: the place, from 1
 *
 * Shows that there is no answer yet.
 */
void
fovea_top_row_clear (FoveaTopRow *self,
                     guint        rank)
{
  g_return_if_fail (FOVEA_IS_TOP_ROW (self));

  set_rank (self, rank);
  gtk_label_set_text (self->class_label, "…");
  gtk_label_set_text (self->percent_label, "");
  gtk_level_bar_set_value (self->level_bar, 0);
  gtk_widget_set_visible (self->true_box, FALSE);
  fovea_tooltip_set (GTK_WIDGET (self), NULL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "waiting");
  set_accessible_label (self, _("No answer yet"));
}
