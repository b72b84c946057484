#define G_LOG_DOMAIN "fovea-network-page"

#include "config.h"

#include "fovea-network-page.h"

#include "fovea-ui.h"

struct _FoveaNetworkPage
{
  AdwBin parent_instance;

  /* Whether it is the session that changes what widgets show, not a person. */
  gboolean showing;

  /* Owned. */
  FoveaSession *session;

  /* Template widgets. */
  GtkStack *stack;
  FoveaNetworkTable *table;
};

G_DEFINE_FINAL_TYPE (FoveaNetworkPage, fovea_network_page, ADW_TYPE_BIN)

enum
{
  SIGNAL_LAYER_ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* The layer that is chosen is the same on every page. */
static void
layer_cb (FoveaNetworkPage *self)
{
  self->showing = TRUE;
  if (fovea_session_get_network (self->session) != NULL)
    fovea_network_table_set_selected (self->table, fovea_session_get_layer (self->session));
  self->showing = FALSE;
}

static void
layer_selected_cb (FoveaNetworkPage *self)
{
  guint selected = fovea_network_table_get_selected (self->table);

  if (!self->showing && selected != GTK_INVALID_LIST_POSITION)
    fovea_session_set_layer (self->session, selected);
}

static void
network_cb (FoveaNetworkPage *self)
{
  CnnNetwork *network = fovea_session_get_network (self->session);

  self->showing = TRUE;
  fovea_network_table_set_network (self->table, network);
  self->showing = FALSE;
  layer_cb (self);
  gtk_stack_set_visible_child_name (self->stack, network != NULL ? "table" : "empty");
}

static void
layer_activated_cb (FoveaNetworkPage *self,
                    guint             layer)
{
  g_signal_emit (self, signals[SIGNAL_LAYER_ACTIVATED], 0, layer);
}

static void
fovea_network_page_dispose (GObject *object)
{
  FoveaNetworkPage *self = FOVEA_NETWORK_PAGE (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (fovea_network_page_parent_class)->dispose (object);
}

static void
fovea_network_page_class_init (FoveaNetworkPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fovea_network_page_dispose;

  /**
   * FoveaNetworkPage::layer-activated:
   * @self: the page
   * @layer: index of a layer
   *
   * Someone wants to see the feature maps of a layer.
   */
  signals[SIGNAL_LAYER_ACTIVATED] =
    g_signal_new ("layer-activated", FOVEA_TYPE_NETWORK_PAGE, G_SIGNAL_RUN_LAST, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/fovea_app/Fovea/fovea-network-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkPage, stack);
  gtk_widget_class_bind_template_child (widget_class, FoveaNetworkPage, table);
  gtk_widget_class_bind_template_callback (widget_class, layer_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, layer_activated_cb);
}

static void
fovea_network_page_init (FoveaNetworkPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * fovea_network_page_set_session:
 * @self: a page without a session
 * @session: the session whose network it shows
 */
void
fovea_network_page_set_session (FoveaNetworkPage *self,
                                FoveaSession     *session)
{
  g_return_if_fail (self->session == NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::network", G_CALLBACK (network_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::layer", G_CALLBACK (layer_cb),
                           self, G_CONNECT_SWAPPED);
  network_cb (self);
}
