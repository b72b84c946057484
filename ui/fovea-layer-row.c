#define G_LOG_DOMAIN "fovea-layer-row"

#include "fovea-layer-row.h"

#include "fovea-format.h"
#include "fovea-tooltip.h"
#include "fovea-value-bar.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of 65,535: what repeats from row to row stands back. */
#define PREFIX_ALPHA 34000

struct _FoveaLayerRow
{
  AdwBin parent_instance;

  /* Owned References */
  CnnLayer *layer;

  /* Template Widgets */
  GtkLabel *name;
  GtkLabel *shape;
  GtkLabel *kind;
  FoveaValueBar *cost;
};

G_DEFINE_FINAL_TYPE (FoveaLayerRow, fovea_layer_row, ADW_TYPE_BIN)

static void
fovea_layer_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), FOVEA_TYPE_LAYER_ROW);
  g_clear_object (&FOVEA_LAYER_ROW (object)->layer);

  G_OBJECT_CLASS (fovea_layer_row_parent_class)->dispose (object);
}

static void
fovea_layer_row_class_init (FoveaLayerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_layer_row_dispose;

  g_type_ensure (FOVEA_TYPE_VALUE_BAR);

  gtk_widget_class_set_css_name (widget_class, "fovea-layer-row");
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/ui/fovea-layer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerRow, name);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerRow, shape);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerRow, kind);
  gtk_widget_class_bind_template_child (widget_class, FoveaLayerRow, cost);
}

static void
fovea_layer_row_init (FoveaLayerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_layer_row_new:
 *
 * Returns: (transfer floating): a new, empty row
 */
GtkWidget *
fovea_layer_row_new (void)
{
  return g_object_new (FOVEA_TYPE_LAYER_ROW, NULL);
}

static void
layer_row_set_name (FoveaLayerRow *self,
                    const char    *name)
{
  const char *dot = strrchr (name, '.');
  PangoAttrList *attributes = pango_attr_list_new ();

  if (dot != NULL)
    {
      PangoAttribute *dim = pango_attr_foreground_alpha_new (PREFIX_ALPHA);

      dim->end_index = dot + 1 - name;
      pango_attr_list_insert (attributes, dim);
    }

  gtk_label_set_text (self->name, name);
  gtk_label_set_attributes (self->name, attributes);
  fovea_tooltip_set (GTK_WIDGET (self->name), name);
  pango_attr_list_unref (attributes);
}

/**
 * fovea_layer_row_set_layer:
 * @self: a row
 * @layer: the layer to show
 * @greatest_cost: the FLOPs of the network's costliest layer, which fills the
 *   bar
 *
 * Shows a layer.
 */
void
fovea_layer_row_set_layer (FoveaLayerRow *self,
                           CnnLayer      *layer,
                           guint64        greatest_cost)
{
  g_autofree char *shape = fovea_format_shape (cnn_layer_get_shape (layer));
  g_autofree char *description = NULL;
  g_autofree char *flops = NULL;
  g_autofree char *tooltip = NULL;
  const char *kind = fovea_format_kind (cnn_layer_get_kind (layer));
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  CnnCost cost;

  g_return_if_fail (FOVEA_IS_LAYER_ROW (self));

  g_set_object (&self->layer, layer);
  layer_row_set_name (self, cnn_layer_get_name (layer));
  gtk_label_set_text (self->kind, kind);
  gtk_label_set_text (self->shape, shape);

  cnn_layer_get_cost (layer, CNN_CONVENTION_FLOP, &cost);
  fovea_value_bar_set (self->cost, cost.flops, 0, greatest_cost);
  gtk_widget_set_opacity (GTK_WIDGET (self->cost), cost.flops > 0 ? 1 : 0);
  flops = fovea_format_count (cost.flops);
  tooltip = g_strdup_printf (_("%s FLOPs"), flops);
  fovea_tooltip_set (GTK_WIDGET (self->cost), tooltip);

  if (parent != NULL)
    {
      description = g_strdup_printf ("%s, %s, %s", cnn_layer_get_name (layer), kind, shape);
      gtk_accessible_update_property (GTK_ACCESSIBLE (parent),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, description, -1);
    }
}

/**
 * fovea_layer_row_get_layer:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the layer that was shown last
 */
CnnLayer *
fovea_layer_row_get_layer (FoveaLayerRow *self)
{
  g_return_val_if_fail (FOVEA_IS_LAYER_ROW (self), NULL);

  return self->layer;
}
