#define G_LOG_DOMAIN "fovea-weight-row"

#include "fovea-weight-row.h"

#include "fovea-formula.h"

struct _FoveaWeightRow
{
  AdwPreferencesRow parent_instance;

  /* Template Widgets */
  GtkAdjustment *adjustment;
  GtkLabel *name_label;
  GtkWidget *scale;
  GtkWidget *spin_button;
};

enum
{
  PROP_0,
  PROP_VALUE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaWeightRow, fovea_weight_row, ADW_TYPE_PREFERENCES_ROW)

static void
value_changed_cb (FoveaWeightRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

static void
fovea_weight_row_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_VALUE:
      g_value_set_double (value, fovea_weight_row_get_value (FOVEA_WEIGHT_ROW (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_weight_row_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_VALUE:
      fovea_weight_row_set_value (FOVEA_WEIGHT_ROW (object), g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_weight_row_class_init (FoveaWeightRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_weight_row_get_property;
  object_class->set_property = fovea_weight_row_set_property;

  /**
   * FoveaWeightRow:value:
   *
   * The weight.
   */
  properties[PROP_VALUE] =
    g_param_spec_double ("value", NULL, NULL, -G_MAXDOUBLE, G_MAXDOUBLE, 0,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-weight-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaWeightRow, adjustment);
  gtk_widget_class_bind_template_child (widget_class, FoveaWeightRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaWeightRow, scale);
  gtk_widget_class_bind_template_child (widget_class, FoveaWeightRow, spin_button);
  gtk_widget_class_bind_template_callback (widget_class, value_changed_cb);
}

static void
fovea_weight_row_init (FoveaWeightRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_weight_row_new:
 * @name: the weight's name, such as `w_12`
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
fovea_weight_row_new (const char *name)
{
  FoveaWeightRow *self = g_object_new (FOVEA_TYPE_WEIGHT_ROW, NULL);
  g_autofree char *markup = fovea_formula_to_markup (name);

  gtk_label_set_markup (self->name_label, markup);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->scale),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->spin_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  return GTK_WIDGET (self);
}

/**
 * fovea_weight_row_get_value:
 *
 * Returns: the weight
 */
double
fovea_weight_row_get_value (FoveaWeightRow *self)
{
  g_return_val_if_fail (FOVEA_IS_WEIGHT_ROW (self), 0);

  return gtk_adjustment_get_value (self->adjustment);
}

/**
 * fovea_weight_row_set_value:
 * @value: the weight; brought between −10 and 10
 */
void
fovea_weight_row_set_value (FoveaWeightRow *self,
                            double          value)
{
  g_return_if_fail (FOVEA_IS_WEIGHT_ROW (self));

  /* The adjustment compares, and notifies through value_changed_cb(). */
  gtk_adjustment_set_value (self->adjustment, value);
}
