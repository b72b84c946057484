#define G_LOG_DOMAIN "fovea-gradient-row"

#include "fovea-gradient-row.h"

#include <math.h>

#include <glib/gi18n.h>

#include "fovea-formula.h"

/* Below this both are 0 but for rounding. */
#define ABOUT_ZERO 1e-12

struct _FoveaGradientRow
{
  AdwPreferencesRow parent_instance;

  /* Template Widgets */
  GtkLabel *formula_label;
  GtkLabel *working_label;
  GtkLabel *gradient_label;
  GtkLabel *numeric_label;
  GtkLabel *difference_label;
};

G_DEFINE_FINAL_TYPE (FoveaGradientRow, fovea_gradient_row, ADW_TYPE_PREFERENCES_ROW)

static void
fovea_gradient_row_class_init (FoveaGradientRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-gradient-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaGradientRow, formula_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaGradientRow, working_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaGradientRow, gradient_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaGradientRow, numeric_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaGradientRow, difference_label);
}

static void
fovea_gradient_row_init (FoveaGradientRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_widget_set_tooltip_text (GTK_WIDGET (self->difference_label),
                               _("Relative to the larger of the two"));
}

/**
 * fovea_gradient_row_new:
 * @name: the weight's name, such as `w_12`
 * @formula: the gradient's
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
fovea_gradient_row_new (const char *name,
                        const char *formula)
{
  FoveaGradientRow *self = g_object_new (FOVEA_TYPE_GRADIENT_ROW, NULL);
  g_autofree char *name_markup = fovea_formula_to_markup (name);
  g_autofree char *formula_markup = fovea_formula_to_markup (formula);
  g_autofree char *markup = g_strdup_printf ("<b>∂E/∂%s</b> = %s", name_markup, formula_markup);

  gtk_label_set_markup (self->formula_label, markup);

  return GTK_WIDGET (self);
}

static void
show_number (GtkLabel *label,
             double    number,
             int       n_digits)
{
  g_autofree char *text = fovea_formula_format_number (number, n_digits);

  gtk_label_set_text (label, text);
}

/**
 * fovea_gradient_row_set:
 * @gradient: by the chain rule
 * @numeric: by central differences
 * @working: what one point adds, in numbers
 */
void
fovea_gradient_row_set (FoveaGradientRow *self,
                        double            gradient,
                        double            numeric,
                        const char       *working)
{
  double larger = MAX (fabs (gradient), fabs (numeric));
  g_autofree char *markup = NULL;

  g_return_if_fail (FOVEA_IS_GRADIENT_ROW (self));

  show_number (self->gradient_label, gradient, 6);
  show_number (self->numeric_label, numeric, 6);
  show_number (self->difference_label, larger > ABOUT_ZERO ? fabs (gradient - numeric) / larger : 0, 2);

  markup = fovea_formula_to_markup (working);
  gtk_label_set_markup (self->working_label, markup);
}
