#define G_LOG_DOMAIN "fovea-inside-pane"

#include "config.h"

#include "fovea-inside-pane.h"

#include <glib/gi18n.h>

#include "fovea-pane-layout.h"
#include "fovea-ui.h"

/* How maps of which newer ones are on their way look. */
#define WAITING_OPACITY 0.4

/* The layers and their maps fit beside each other, in pixels. */
#define NATURAL_WIDTH 620

struct _FoveaInsidePane
{
  AdwBin parent_instance;

  /* Whether it is the session that changes what widgets show, not a person. */
  gboolean showing;

  /* Owned. */
  FoveaSession *session;

  /* Template widgets. */
  GtkStack *stack;
  AdwLeaflet *leaflet;
  GtkLabel *network_label;
  GtkLabel *size_label;
  FoveaLayerList *layer_list;
  GtkWidget *all_maps_button;
  GtkLabel *layer_label;
  GtkLabel *description_label;
  GtkStack *map_stack;
  FoveaMapGrid *map_grid;
};

G_DEFINE_FINAL_TYPE (FoveaInsidePane, fovea_inside_pane, ADW_TYPE_BIN)

enum
{
  SIGNAL_WAY_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- What the session tells ---- */

static char *
dup_size (CnnNetwork *network)
{
  guint n_layers = cnn_network_get_n_layers (network);
  CnnCost cost;

  cnn_network_get_cost (network, CNN_CONVENTION_MAC, &cost);

  /* Translators: a network's size; the number of parameters is in millions */
  return g_strdup_printf (ngettext ("%u layer · %.2f million parameters",
                                    "%u layers · %.2f million parameters", n_layers),
                          n_layers, cost.parameters / 1e6);
}

static void
layer_cb (FoveaInsidePane *self)
{
  CnnNetwork *network = fovea_session_get_network (self->session);
  guint index = fovea_session_get_layer (self->session);
  g_autofree char *description = NULL;
  CnnLayer *layer;

  if (network == NULL)
    return;

  layer = cnn_network_get_layer (network, index);
  description = cnn_layer_dup_description (layer);
  gtk_label_set_label (self->layer_label, cnn_layer_get_name (layer));
  gtk_label_set_label (self->description_label, description);
  fovea_tooltip_set (GTK_WIDGET (self->description_label), description);

  /* Only logits have a name each. */
  fovea_map_grid_set_labels (self->map_grid,
                             index + 1 == cnn_network_get_n_layers (network)
                             ? fovea_session_get_answer_labels (self->session) : NULL);

  self->showing = TRUE;
  fovea_layer_list_set_selected (self->layer_list, index);
  self->showing = FALSE;
}

static void
network_cb (FoveaInsidePane *self)
{
  CnnNetwork *network = fovea_session_get_network (self->session);
  g_autofree char *size = NULL;

  gtk_stack_set_visible_child_name (self->stack, network != NULL ? "layers" : "no-model");
  if (network == NULL)
    return;

  size = dup_size (network);
  gtk_label_set_label (self->network_label, cnn_network_get_name (network));
  gtk_label_set_label (self->size_label, size);

  self->showing = TRUE;
  fovea_layer_list_set_network (self->layer_list, network);
  self->showing = FALSE;
  layer_cb (self);
}

/* While another picture's maps are on their way the old ones stay, faint: the
 * grid keeps its place, and nobody takes them for the new ones. */
static void
layer_tensor_cb (FoveaInsidePane *self)
{
  CnnTensor *tensor = fovea_session_get_layer_tensor (self->session);
  gboolean waiting = tensor == NULL &&
                     fovea_session_get_prepared (self->session) != NULL &&
                     fovea_session_get_answer_problem (self->session) == NULL;

  gtk_widget_set_opacity (GTK_WIDGET (self->map_stack), waiting ? WAITING_OPACITY : 1);
  if (!waiting)
    fovea_map_grid_set_tensor (self->map_grid, tensor);
}

/* ---- What people do ---- */

static void
layer_selected_cb (FoveaInsidePane *self)
{
  guint selected = fovea_layer_list_get_selected (self->layer_list);

  if (!self->showing && selected != GTK_INVALID_LIST_POSITION)
    fovea_session_set_layer (self->session, selected);
}

static void
layer_activated_cb (FoveaInsidePane *self)
{
  fovea_inside_pane_show_maps (self);
}

static void
show_one_map (FoveaInsidePane *self,
              gboolean         one)
{
  gtk_stack_set_visible_child_name (self->map_stack, one ? "one" : "all");
  gtk_widget_set_visible (self->all_maps_button, one);
  gtk_widget_child_focus (GTK_WIDGET (self->map_stack), GTK_DIR_TAB_FORWARD);
  g_signal_emit (self, signals[SIGNAL_WAY_CHANGED], 0);
}

static void
map_activated_cb (FoveaInsidePane *self)
{
  show_one_map (self, TRUE);
}

static void
all_maps_cb (FoveaInsidePane *self)
{
  show_one_map (self, FALSE);
}

static void
way_changed_cb (FoveaInsidePane *self)
{
  g_signal_emit (self, signals[SIGNAL_WAY_CHANGED], 0);
}

/* ---- Being an object ---- */

static void
fovea_inside_pane_dispose (GObject *object)
{
  FoveaInsidePane *self = FOVEA_INSIDE_PANE (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_inside_pane_parent_class)->dispose (object);
}

static void
fovea_inside_pane_class_init (FoveaInsidePaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_inside_pane_dispose;

  /**
   * FoveaInsidePane::way-changed:
   *
   * Whether there is a way back may have changed.
   */
  signals[SIGNAL_WAY_CHANGED] =
    g_signal_new ("way-changed", FOVEA_TYPE_INSIDE_PANE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-inside-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, leaflet);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, network_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, size_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, layer_list);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, all_maps_button);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, layer_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, description_label);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, map_stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaInsidePane, map_grid);
  gtk_widget_class_bind_template_callback (widget_class, layer_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, layer_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, map_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, all_maps_cb);
  gtk_widget_class_bind_template_callback (widget_class, way_changed_cb);
}

static void
fovea_inside_pane_init (FoveaInsidePane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_layout_manager (GTK_WIDGET (self), fovea_pane_layout_new (NATURAL_WIDTH));
}

/**
 * fovea_inside_pane_set_session:
 * @self: a pane without a session
 * @session: the session whose network it shows
 */
void
fovea_inside_pane_set_session (FoveaInsidePane *self,
                               FoveaSession    *session)
{
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::network", G_CALLBACK (network_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::layer", G_CALLBACK (layer_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::layer-tensor", G_CALLBACK (layer_tensor_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::prepared", G_CALLBACK (layer_tensor_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::answer-problem", G_CALLBACK (layer_tensor_cb),
                           self, G_CONNECT_SWAPPED);
  network_cb (self);
}

static gboolean
shows_one_map (FoveaInsidePane *self)
{
  return g_str_equal (gtk_stack_get_visible_child_name (self->map_stack), "one");
}

static gboolean
shows_maps (FoveaInsidePane *self)
{
  return g_str_equal (adw_leaflet_get_visible_child_name (self->leaflet), "maps");
}

gboolean
fovea_inside_pane_can_go_back (FoveaInsidePane *self)
{
  if (adw_leaflet_get_folded (self->leaflet) && !shows_maps (self))
    return FALSE;

  return shows_one_map (self) || adw_leaflet_get_folded (self->leaflet);
}

/**
 * fovea_inside_pane_go_back:
 * @self: a pane
 *
 * From one map to all of them, and from these to the layers, if they are hidden.
 */
void
fovea_inside_pane_go_back (FoveaInsidePane *self)
{
  if (shows_one_map (self) && (shows_maps (self) || !adw_leaflet_get_folded (self->leaflet)))
    show_one_map (self, FALSE);
  else
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

void
fovea_inside_pane_show_maps (FoveaInsidePane *self)
{
  adw_leaflet_set_visible_child_name (self->leaflet, "maps");
}
