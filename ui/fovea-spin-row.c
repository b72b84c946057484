#define G_LOG_DOMAIN "fovea-spin-row"

#include "fovea-spin-row.h"

struct _FoveaSpinRow
{
  AdwActionRow parent_instance;

  /* Template Widgets */
  GtkWidget *spin_button;
  GtkAdjustment *adjustment;
};

enum
{
  PROP_0,
  PROP_LOWER,
  PROP_UPPER,
  PROP_VALUE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FoveaSpinRow, fovea_spin_row, ADW_TYPE_ACTION_ROW)

static void
value_changed_cb (FoveaSpinRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VALUE]);
}

static void
fovea_spin_row_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  FoveaSpinRow *self = FOVEA_SPIN_ROW (object);

  switch (prop_id)
    {
    case PROP_LOWER:
      g_value_set_uint (value, gtk_adjustment_get_lower (self->adjustment));
      break;
    case PROP_UPPER:
      g_value_set_uint (value, gtk_adjustment_get_upper (self->adjustment));
      break;
    case PROP_VALUE:
      g_value_set_uint (value, fovea_spin_row_get_value (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_spin_row_set_property (GObject      *object,
                             guint         prop_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  FoveaSpinRow *self = FOVEA_SPIN_ROW (object);

  switch (prop_id)
    {
    case PROP_LOWER:
      gtk_adjustment_set_lower (self->adjustment, g_value_get_uint (value));
      break;
    case PROP_UPPER:
      gtk_adjustment_set_upper (self->adjustment, g_value_get_uint (value));
      break;
    case PROP_VALUE:
      fovea_spin_row_set_value (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
fovea_spin_row_constructed (GObject *object)
{
  FoveaSpinRow *self = FOVEA_SPIN_ROW (object);

  G_OBJECT_CLASS (fovea_spin_row_parent_class)->constructed (object);

  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->spin_button),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self, NULL,
                                  -1);
}

static void
fovea_spin_row_class_init (FoveaSpinRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = fovea_spin_row_get_property;
  object_class->set_property = fovea_spin_row_set_property;
  object_class->constructed = fovea_spin_row_constructed;

  /**
   * FoveaSpinRow:lower:
   *
   * The least number.
   */
  properties[PROP_LOWER] =
    g_param_spec_uint ("lower", NULL, NULL, 0, G_MAXINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaSpinRow:upper:
   *
   * The greatest number.
   */
  properties[PROP_UPPER] =
    g_param_spec_uint ("upper", NULL, NULL, 0, G_MAXINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * FoveaSpinRow:value:
   *
   * The number.
   */
  properties[PROP_VALUE] =
    g_param_spec_uint ("value", NULL, NULL, 0, G_MAXINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-spin-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaSpinRow, spin_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaSpinRow, adjustment);
  gtk_widget_class_bind_template_callback (widget_class, value_changed_cb);
}

static void
fovea_spin_row_init (FoveaSpinRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_spin_row_get_value:
 *
 * Returns: the number
 */
guint
fovea_spin_row_get_value (FoveaSpinRow *self)
{
  g_return_val_if_fail (FOVEA_IS_SPIN_ROW (self), 0);

  return gtk_adjustment_get_value (self->adjustment);
}

/**
 * fovea_spin_row_set_value:
 * @value: a number; brought between the least and the greatest
 */
void
fovea_spin_row_set_value (FoveaSpinRow *self,
                          guint         value)
{
  g_return_if_fail (FOVEA_IS_SPIN_ROW (self));

  /* The adjustment compares, and notifies through value_changed_cb(). */
  gtk_adjustment_set_value (self->adjustment, value);
}
